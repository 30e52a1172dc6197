"""What version order costs: keys a second (new and remembered), ranges a second, beside `univers` where it is installed.

Prints; asserts nothing.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from periderm.algorithms.versions import order
from periderm.model.version_range import Scheme, VersionRange
from tests.algorithms.versions import samples

UNIVERS = {
    "deb": "DebianVersion",
    "rpm": "RpmVersion",
    "apk": "AlpineLinuxVersion",
    "pep440": "PypiVersion",
    "semver": "SemverVersion",
    "maven": "MavenVersion",
    "gem": "RubygemsVersion",
    "nuget": "NugetVersion",
    "go": "GolangVersion",
    "composer": "ComposerVersion",
}


def rate(work: Callable[[], object], count: int, seconds: float = 0.3) -> float:
    """How many of the things that `work` does `count` of fit into a CPU second, the best of three."""
    best = 0.0
    for _ in range(3):
        done, begun = 0, time.process_time()
        while time.process_time() - begun < seconds / 3:
            work()
            done += count
        best = max(best, done / (time.process_time() - begun))
    return best


def univers_rate(scheme: str, texts: tuple[str, ...]) -> float | None:
    """Comparisons of parsed texts; None without univers, or for a scheme whose texts it refuses."""
    try:
        from univers import versions
    except ImportError:
        return None
    kind = getattr(versions, UNIVERS.get(scheme, ""), None)
    known = [t for t in texts if kind is not None and kind.is_valid(t)]
    if kind is None or len(known) < 2:
        return None

    def compare() -> None:
        for a, b in itertools.pairwise(known):
            _ = kind(a) < kind(b)

    return rate(compare, len(known) - 1)


def main() -> int:
    """One line a scheme."""
    print(f"{'scheme':10} {'new keys/s':>12} {'compare/s':>12} {'ranges/s':>12} {'univers compare/s':>18} {'ratio':>7}")
    for scheme in Scheme:
        texts = samples.REAL[scheme]
        keys = order._KEYS[scheme]
        span = VersionRange(introduced=texts[1], fixed=texts[0])

        def new(texts: tuple[str, ...] = texts, keys: dict[str, str] = keys) -> None:
            keys.clear()
            for text in texts:
                keys[text]

        def compare(texts: tuple[str, ...] = texts, scheme: Scheme = scheme) -> None:
            for text in texts:
                order.compare(scheme, text, "1.0")

        def within(texts: tuple[str, ...] = texts, scheme: Scheme = scheme, span: VersionRange = span) -> None:
            for text in texts:
                order.contains(scheme, text, span)

        fast = rate(compare, len(texts))
        other = univers_rate(scheme, texts)
        told = f"{other:18,.0f} {fast / other:6.0f}x" if other else f"{'-':>18}"
        print(f"{scheme:10} {rate(new, len(texts)):12,.0f} {fast:12,.0f} {rate(within, len(texts)):12,.0f} {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
