"""The search for secrets: megabytes a second in texts and in programs, beside the floor, which is Hyperscan alone without
anybody listening; and what the patterns cost before the first byte: to import, to compile, to load what was compiled.

Usage: `python bench/secret_search.py [FOLDER…]` (default: what this machine has below /usr/lib and /usr/share). Processor
time, the best of three runs. The aim is 1,000 MB/s at the floor. Prints; asserts nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence

ROUNDS = 3
MOST = 200 << 20
LARGEST = 8 << 20
Files = list[tuple[str, bytes]]


class Memory(dict[tuple[str, str], bytes]):
    """A cache in memory."""

    def get(self, kind: str, key: str) -> bytes | None:  # type: ignore[override] # the cache's, not the mapping's
        """What was put."""
        return super().get((kind, key))

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps it."""
        self[kind, key] = data


def taken(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def read(folders: Sequence[str], binary: bool) -> Files:
    """Files of one sort, up to a bound."""
    found: Files = []
    total = 0
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(root, name)
                try:
                    if os.path.islink(path) or not 0 < os.path.getsize(path) <= LARGEST:
                        continue
                    with open(path, "rb") as file:
                        data = file.read()
                except OSError:
                    continue
                if (b"\0" in data[:8192]) is binary:
                    found.append((path.lstrip("/"), data))
                    total += len(data)
                if total > MOST:
                    return found
    return found


def start() -> tuple[object, ...]:
    """What it costs to be ready; gives the patterns."""
    patterns: list[object] = []

    def load() -> None:
        from periderm.engines.image import DETECTORS

        patterns.extend(p for d in DETECTORS for p in d.patterns)

    print(f"secrets: detectors imported in {taken(load) * 1e3:.0f} ms")
    from periderm.engines.image import database
    from periderm.flow.patterns import ready

    cache = Memory()
    made = taken(lambda: ready(patterns, cache))  # type: ignore[arg-type] # patterns, gathered above
    database.compiled.cache_clear()
    kept = taken(lambda: ready(patterns, cache))  # type: ignore[arg-type] # as above
    size = sum(map(len, cache.values())) / 2**20
    print(
        f"secrets: {len(patterns)} kinds compiled in {made * 1e3:.0f} ms, loaded in {kept * 1e3:.0f} ms ({size:.1f} MiB kept)"
    )
    return tuple(patterns)


def speed(name: str, patterns: Sequence[object], files: Files) -> None:
    """One sort of files."""
    from periderm.engines.image import database
    from periderm.engines.image.secrets import Matcher, SecretPattern

    kinds = [p for p in patterns if isinstance(p, SecretPattern)]
    total = sum(len(data) for _, data in files) / 1e6
    scan = database.scanner(tuple(dict.fromkeys(p.quick for p in kinds if p.quick)))
    matcher = Matcher(kinds)
    matcher.find(b"x", "x")
    floor = min(taken(lambda: [scan(data, lambda *_: None) for _, data in files]) for _ in range(ROUNDS))
    whole = min(taken(lambda: [matcher.find(data, path) for path, data in files]) for _ in range(ROUNDS))
    print(
        f"secrets: {name}: {total:.0f} MB in {len(files)} files, floor {total / floor:.0f} MB/s, "
        f"search {total / whole:.0f} MB/s ({whole / floor:.2f} times the floor)"
    )


def main(arguments: Sequence[str]) -> None:
    """Prints the figures."""
    folders = arguments or ("/usr/lib", "/usr/share")
    patterns = start()
    speed("texts", patterns, read(folders, binary=False))
    speed("programs", [p for p in patterns if getattr(p, "binary", False)], read(folders, binary=True))


if __name__ == "__main__":
    main(sys.argv[1:])
