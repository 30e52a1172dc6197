"""The machine's own clocks. Does nothing else."""

from __future__ import annotations

import time


class SystemClock:
    """`ports.clock.Clock` over clock_gettime(2)."""

    def now(self) -> int:
        """Unix nanoseconds."""
        return time.time_ns()

    def monotonic(self) -> int:
        """CLOCK_MONOTONIC nanoseconds."""
        return time.monotonic_ns()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
