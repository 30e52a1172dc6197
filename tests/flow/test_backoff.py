"""Waiting after failures."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from periderm.flow.backoff import Backoff


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_it_grows_to_its_bound_and_starts_again(shares: list[float]) -> None:
    """Each wait lies between a half and the whole of what doubles up to the longest; success forgets all of it."""
    drawn = iter(shares)
    backoff = Backoff(1.0, 8.0, lambda: next(drawn))
    for number in range(len(shares)):
        bound = min(8.0, 2.0**number)
        assert bound / 2 <= backoff.failed() <= bound
    backoff.well()
    again = Backoff(1.0, 8.0, lambda: 1.0)
    again.failed()
    again.well()
    assert again.failed() == 1.0


def test_a_hundred_machines_come_back_apart() -> None:
    """After a long outage no tenth of the longest wait sees more than a third of them."""
    waits = []
    for machine in range(100):
        backoff = Backoff(share=random.Random(machine).random)
        for _ in range(20):
            wait = backoff.failed()
        waits.append(wait)
    assert max(sum(1 for wait in waits if tenth <= wait < tenth + 1) for tenth in range(11)) < 34
