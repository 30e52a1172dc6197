"""Promises of logic, equality and order as they run."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules import closures
from periderm.algorithms.rules.kinds import DYN, STRING
from periderm.algorithms.rules.parts import Built, constant
from periderm.algorithms.rules.places import Place
from periderm.algorithms.rules.running import Run, Running, Spot
from periderm.model.errors import RuleError

SPOT = Spot(Place("a"), 0)
RUNNING = Running(None, 0)


def gives(value: object) -> Run:
    """A part that gives a value, or raises it."""

    def run(_running: Running) -> object:
        if isinstance(value, Exception):
            raise value
        return value

    return run


FAILS = gives(RuleError("it fails"))


@pytest.mark.parametrize("decides", [True, False])
def test_who_decides_does_so_whatever_else_fails(decides: bool) -> None:
    """cel-spec: in any order; without a decision the first failure counts."""
    for runs in ((FAILS, gives(decides)), (gives(decides), FAILS)):
        assert closures.logic(runs, decides)(RUNNING) is decides
    for runs in ((FAILS, gives(not decides)), (gives(not decides), FAILS)):
        with pytest.raises(RuleError, match="it fails"):
            closures.logic(runs, decides)(RUNNING)
    assert closures.logic((gives(not decides), gives(not decides)), decides)(RUNNING) is not decides


def test_equality_takes_the_short_way_only_between_equal_types() -> None:
    """A true is no 1, though Python thinks so."""
    one = Built(DYN, gives(1))
    assert not closures.equality(Built(DYN, gives(True)), one, negated=False)(RUNNING)
    assert closures.equality(Built(STRING, gives("a")), constant(STRING, "a"), negated=False)(RUNNING)
    assert closures.equality(Built(STRING, gives("a")), Built(STRING, gives("b")), negated=True)(RUNNING)


def test_what_is_no_map_has_no_entries() -> None:
    """And a map only those that it has."""
    assert closures.entry({"a": 1}, "a", SPOT) == 1
    for value in ({}, 7, "a"):
        with pytest.raises(RuleError):
            closures.entry(value, "a", SPOT)


def test_only_true_and_false_are_truth() -> None:
    """A number is none."""
    assert closures.surely(gives(True), SPOT, "This")(RUNNING) is True
    with pytest.raises(RuleError, match="This must be true or false"):
        closures.surely(gives(1), SPOT, "This")(RUNNING)
