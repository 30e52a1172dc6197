"""Since when something waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.flow.waiting_times import MOST, WaitingTimes


def test_the_oldest_that_was_not_passed() -> None:
    """Nothing at first, and nothing when all is passed."""
    times = WaitingTimes()
    assert times.oldest() == 0
    for number in range(1, 4):
        times.put(number, number * 100)
    times.passed(0)
    assert times.oldest() == 100
    times.passed(2)
    assert times.oldest() == 300
    times.passed(9)
    assert times.oldest() == 0


def test_what_waited_before_is_the_oldest_until_all_of_it_is_passed() -> None:
    """Whether others were put behind it meanwhile or not."""
    times = WaitingTimes()
    times.put(8, 500)
    times.before(3, 100)
    times.passed(5)
    assert times.oldest() == 100
    times.passed(7)
    assert times.oldest() == 500
    times.before(8, 100)
    assert times.oldest() == 500
    alone = WaitingTimes()
    alone.before(3, 100)
    assert alone.oldest() == 100
    alone.passed(4)
    assert alone.oldest() == 0


@given(st.integers(0, 3 * MOST))
def test_what_is_remembered_is_bounded_and_never_too_old(passed: int) -> None:
    """Of many the oldest is exact as long as nothing passed, and else no older than it is."""
    times = WaitingTimes()
    for number in range(3 * MOST):
        times.put(number, number + 1)
    assert len(times._marks) <= MOST
    assert times.oldest() == 1
    times.passed(passed)
    assert times.oldest() == 0 or times.oldest() >= passed + 2
