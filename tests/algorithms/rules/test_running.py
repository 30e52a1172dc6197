"""Promises of an evaluation's budget."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules.places import Place
from periderm.algorithms.rules.running import LONGEST_LIST, STEPS, Running, Spot
from periderm.model.errors import RuleError

SPOT = Spot(Place("a && b"), 2)


def test_steps_run_out_with_the_place() -> None:
    """Not before, and then for every further one."""
    running = Running(None, 0)
    SPOT.spend(running, STEPS)
    for _ in range(2):
        with pytest.raises(RuleError, match=r"1:3: .*steps"):
            SPOT.spend(running)


def test_reading_costs_what_is_read() -> None:
    """A step for each 256 characters, and nothing for a number."""
    running = Running(None, 0)
    SPOT.spend_on(running, "a" * 2560)
    SPOT.spend_on(running, 7)
    assert running.left == STEPS - 11


@pytest.mark.parametrize("value", ["a" * (2**20 + 1), b"a" * (2**20 + 1), [0] * (LONGEST_LIST + 1)])
def test_values_have_a_largest_size(value: object) -> None:
    """Texts, bytes and lists."""
    with pytest.raises(RuleError, match="longer"):
        SPOT.check(value)
    assert SPOT.check("fine") == "fine"
