"""What the command line costs before it does anything: CPU time of whole commands, beside an empty Python.

Prints; asserts nothing. Aim: `periderm --help` within 100 ms of CPU time.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

RUNS = 15
COMMANDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("python -c pass (the floor)", ("-c", "pass")),
    ("periderm --help", ("-m", "periderm", "--help")),
    ("periderm --version", ("-m", "periderm", "--version")),
    ("periderm incidents --help", ("-m", "periderm", "incidents", "--help")),
    ("periderm scan --help", ("-m", "periderm", "scan", "--help")),
    ("periderm explain", ("-m", "periderm", "explain")),
)


def cpu_seconds(arguments: tuple[str, ...]) -> float:
    """User and system time of one child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """One line a command: the median, the lowest, and the ratio to the floor."""
    floor = 0.0
    for name, arguments in COMMANDS:
        times = [cpu_seconds(arguments) for _ in range(RUNS)]
        median = statistics.median(times)
        floor = floor or median
        print(f"{name:28} {median * 1000:7.1f} ms  (lowest {min(times) * 1000:.1f})  {median / floor:5.1f} x the floor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
