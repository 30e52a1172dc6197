"""Times for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.console.times import SECOND, ago, clock, exact, span


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, ("s", 0)), (59, ("s", 59)), (119, ("s", 119)), (120, ("min", 2)), (5399, ("min", 89)), (5400, ("h", 1)),
        (86400, ("h", 24)), (129600, ("d", 1)), (864000, ("d", 10)), (-5, ("s", 0)),
    ],
)  # fmt: skip
def test_how_long_ago(seconds: int, told: tuple[str, int]) -> None:
    """Small numbers of a fitting unit; the future is now."""
    assert ago(0, seconds * SECOND) == told


@given(st.integers(-(2**63), 2**63), st.integers(-(2**63), 2**63))
def test_any_time_can_be_told(time: int, now: int) -> None:
    """A hostile agent sends any number."""
    unit, number = ago(time, now)
    assert unit in ("s", "min", "h", "d")
    assert number >= 0
    assert isinstance(exact(time), str)
    assert isinstance(clock(time), str)
    assert span(time)


def test_exact_moments_are_utc() -> None:
    """With milliseconds, and nothing for no time."""
    assert exact(1_795_600_000 * SECOND + 123_456_789) == "2026-11-25T09:46:40.123Z"
    assert clock(1_795_600_000 * SECOND) == "09:46:40.000"
    assert exact(0) == clock(0) == ""


@pytest.mark.parametrize(
    ("nanoseconds", "told"),
    [
        (0, "0 µs"), (40_000, "40 µs"), (20_000_000, "20 ms"), (1_500_000_000, "1.5 s"), (65 * SECOND, "1 min 05 s"),
        (7260 * SECOND, "2 h 01 min"),
    ],
)  # fmt: skip
def test_durations(nanoseconds: int, told: str) -> None:
    """In the unit that a person would take."""
    assert span(nanoseconds) == told
