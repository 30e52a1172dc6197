"""The machine's clocks, as the port promises them; the suite is in tests/ports/test_clock.py."""

from __future__ import annotations

import time

from periderm.adapters.clock_system import SystemClock


def test_now_is_the_time_of_day() -> None:
    """Between two readings of the same clock."""
    before = time.time_ns()
    told = SystemClock().now()
    assert before <= told <= time.time_ns()


def test_monotonic_is_the_kernels() -> None:
    """CLOCK_MONOTONIC, which other parts compare with."""
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    told = SystemClock().monotonic()
    assert before <= told <= time.clock_gettime_ns(time.CLOCK_MONOTONIC)
