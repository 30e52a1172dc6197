"""Runs the benchmarks in bench/ one after the other and says which of them there are. Measures nothing itself, and
asserts nothing: figures are for people."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def benchmarks(folder: Path) -> dict[str, Path]:
    """Name to script: bench/NAME.py, or bench/NAME/__main__.py."""
    found = {p.stem: p for p in folder.glob("*.py") if not p.stem.startswith("_")}
    found.update({p.parent.name: p for p in folder.glob("*/__main__.py")})
    return dict(sorted(found.items()))


def main(arguments: list[str]) -> int:
    """Runs those that are named, or all; the exit status is 1 if one of them failed."""
    known = benchmarks(ROOT / "bench")
    unknown = [name for name in arguments if name not in known]
    if unknown:
        print(f"bench: there is no {', '.join(unknown)}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    failed = []
    for name in arguments or known:
        print(f"\n--- {name} ({known[name].relative_to(ROOT)})", flush=True)
        started = time.monotonic()
        status = subprocess.run([sys.executable, str(known[name])], cwd=ROOT, check=False, stdin=subprocess.DEVNULL).returncode
        print(f"--- {name}: {'done' if status == 0 else f'failed with status {status}'} in {time.monotonic() - started:.0f} s")
        if status:
            failed.append(name)
    if failed:
        print(f"\nbench: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
