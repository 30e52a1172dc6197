"""What every clock keeps: nanoseconds, a monotonic side that never goes back, and a sleep that lasts."""

from __future__ import annotations

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.ports.clock import Clock

PLUGS = [SystemClock]


@pytest.fixture(params=PLUGS, ids=lambda plug: plug.__name__)
def clock(request: pytest.FixtureRequest) -> Clock:
    """Each plug in turn."""
    made: Clock = request.param()
    return made


def test_monotonic_never_goes_back(clock: Clock) -> None:
    """However often it is asked."""
    told = [clock.monotonic() for _ in range(1000)]
    assert told == sorted(told)


def test_now_is_in_nanoseconds_of_this_century(clock: Clock) -> None:
    """Not seconds, not milliseconds."""
    assert 10**18 < clock.now() < 5 * 10**18


def test_sleep_lasts_at_least_as_long(clock: Clock) -> None:
    """By its own monotonic side; nothing is said of how much longer."""
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - before >= 10**7
