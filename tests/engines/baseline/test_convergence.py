"""Learning ends by the workload's own pace."""

from __future__ import annotations

from periderm.engines.baseline.convergence import ACTIVE_ROWS, LEAST_SECONDS, TIMES_IDLE, TIMES_PACE, Pace


def busy(*news: int) -> Pace:
    """A workload at work, with news at these seconds."""
    pace = Pace()
    pace.begin(1000)
    for moment in news:
        pace.news(1000 + moment)
    pace.rows = ACTIVE_ROWS
    return pace


def test_a_calm_workload_is_learned_after_the_least_time() -> None:
    """All its news came at the start."""
    pace = busy(1, 2, 3)
    assert not pace.settle(1003 + LEAST_SECONDS - 1)
    assert pace.settle(1003 + LEAST_SECONDS)
    assert pace.settled == 1003 + LEAST_SECONDS


def test_a_slow_one_takes_twice_its_longest_pause() -> None:
    """A job that comes every ten minutes is waited for."""
    pace = busy(600, 1200)
    assert not pace.settle(2200 + TIMES_PACE * 600 - 1)
    assert pace.settle(2200 + TIMES_PACE * 600)


def test_an_idle_one_is_waited_for_longer() -> None:
    """Nothing is known of one that does nothing; but not for ever."""
    pace = busy(1)
    pace.rows = 0
    assert not pace.settle(1001 + LEAST_SECONDS)
    assert pace.settle(1001 + TIMES_IDLE * LEAST_SECONDS)


def test_nobody_keeps_it_learning_for_ever() -> None:
    """A pause of a year counts as a day."""
    pace = busy(365 * 86_400)
    assert pace.settle(pace.newest + 86_400)


def test_what_was_there_before_anybody_watched_is_no_pace() -> None:
    """A service that started hours before the agent: its first news is no pause of hours, and it settles like any other."""
    pace = Pace()
    pace.news(1000)
    pace.begin(50_000)
    pace.news(50_001)
    pace.rows = ACTIVE_ROWS
    assert pace.settle(50_001 + LEAST_SECONDS)
