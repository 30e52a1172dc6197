"""What conditions cost: loading one and asking it about a finding, beside the Rust library where it is installed.

Prints; asserts nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import msgspec

from periderm.algorithms.rules.gate import SEVERITIES, language
from periderm.model.gate import FindingFacts

CONDITIONS = (
    "severity >= high && fixed",
    "exploited || (severity >= high && fixed && fixed_days > 14.0)",
    "package in ['openssl', 'glibc'] && vercmp('deb', version, '3.0.12-1') < 0",
    "aliases.exists(a, a.startsWith('GHSA-'))",
    "glob(location, 'usr/**/*.so*')",
    "package.matches('^(lib)?ssl')",
)
FACTS = FindingFacts(
    id="fnd-1",
    detector="VUL-001",
    kind="vulnerability",
    severity=SEVERITIES["high"],
    package="openssl",
    version="3.0.11-1",
    location="usr/lib/x86_64-linux-gnu/libssl.so.3",
    aliases=("CVE-2026-1", "GHSA-aaaa-bbbb-cccc"),
    fixed=True,
    fixed_days=20.0,
)


def cost(work: Callable[[], object], seconds: float = 0.3) -> float:
    """Microseconds of CPU time for one call, the best of three."""
    best = float("inf")
    for _ in range(3):
        calls, begun = 0, time.process_time()
        while (spent := time.process_time() - begun) < seconds / 3:
            for _ in range(100):
                work()
            calls += 100
        best = min(best, spent / calls * 1e6)
    return best


def library(text: str) -> float | None:
    """The same with all fields handed over, which it needs; None without the library or one of the functions."""
    try:
        import cel
    except ImportError:
        return None
    names = {**SEVERITIES, **{k: list(v) if isinstance(v, tuple) else v for k, v in msgspec.structs.asdict(FACTS).items()}}
    try:
        program = cel.compile(text)
        program.execute(names)
    except (ValueError, TypeError, RuntimeError):
        return None
    return cost(lambda: program.execute(names))


def main() -> int:
    """One line a condition."""
    print(f"{'load µs':>9} {'ask µs':>8} {'library µs':>11}  condition")
    for text in CONDITIONS:
        condition = language().compile(text)
        other = library(text)
        told = f"{other:11.2f}" if other is not None else f"{'-':>11}"
        asked, loaded = cost(lambda it=condition: it.holds(FACTS)), cost(lambda it=text: language().compile(it))  # type: ignore[misc]  # bound now
        print(f"{loaded:9.1f} {asked:8.2f} {told}  {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
