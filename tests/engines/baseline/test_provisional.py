"""What was learned a short while ago."""

from __future__ import annotations

from periderm.engines.baseline.evidence import Touch
from periderm.engines.baseline.provisional import HOLD_SECONDS, Pending, Provisional
from periderm.model.behaviour import Aspect, Behaviour

ONE, TWO = Behaviour(Aspect.READ, "/a", "/x"), Behaviour(Aspect.READ, "/a", "/y")


def both() -> Provisional:
    """Learned at 100 by process 5 below 1, and at 200 by process 6 below 1."""
    return Provisional([Pending(ONE, 100, [5, 1], Touch(1)), Pending(TWO, 200, [6, 1], Touch(1))])


def test_it_is_due_after_its_time() -> None:
    """Each by itself, once."""
    held = both()
    assert [each.behaviour for each in held.due(100 + HOLD_SECONDS)] == [ONE]
    assert held.due(100 + HOLD_SECONDS) == []
    assert TWO in held


def test_it_is_taken_back_from_who_did_it_or_is_above_him() -> None:
    """Nothing of others."""
    assert both().withdraw(frozenset({5})) == [ONE]
    assert both().withdraw(frozenset({1})) == [ONE, TWO]
    assert both().withdraw(frozenset({9})) == []


def test_who_did_it_first() -> None:
    """The process itself and those above it; not of what is confirmed."""
    provisional = both()
    pending = provisional.dump()[0]
    assert provisional.did(pending.behaviour, pending.doers[0])
    assert not provisional.did(pending.behaviour, 10**9)
    provisional.due(10**9)
    assert not provisional.did(pending.behaviour, pending.doers[0])


def test_counters_are_reached_and_all_is_dumped() -> None:
    """For counting and for a snapshot."""
    held = both()
    touch = held.touch(ONE)
    assert touch is not None
    touch.see(3, 10**12, 1)
    assert Provisional(held.dump()).touch(ONE) == touch
    assert len(held) == 2
    assert held.take(ONE).touch is touch
    assert ONE not in held
