"""Needs join as conditions do."""

from __future__ import annotations

from periderm.engines.runtime.judging import Where
from periderm.engines.runtime.rules.needs import (
    ANY,
    CONTAINER,
    MOST_NEEDS,
    NEVER,
    NODE,
    Check,
    Need,
    both,
    either,
    interests,
    of_kinds,
)
from periderm.model.event import EventKind

RARE, COMMON = Check(50, text=frozenset(("rare",))), Check(5, args=frozenset(("common",)))
EXEC, OPEN = (EventKind.EXEC,), (EventKind.OPEN,)


def test_both_take_the_rarer_check() -> None:
    """Kinds and places meet; nothing in common is never."""
    assert both([of_kinds(EXEC, COMMON), of_kinds((*EXEC, *OPEN), RARE)]) == of_kinds(EXEC, RARE)
    assert both([of_kinds(EXEC), of_kinds(OPEN)]) == NEVER
    assert both([of_kinds(EXEC, where=NODE), of_kinds(EXEC, where=CONTAINER)]) == NEVER
    assert both([ANY, of_kinds(EXEC, RARE)]) == of_kinds(EXEC, RARE)
    assert both([]) == ANY


def test_either_keeps_all() -> None:
    """Of equal kinds one need with both checks; without a check in one of them there is none."""
    merged = either([of_kinds(EXEC, RARE), of_kinds(EXEC, COMMON)])
    assert merged == (Need(frozenset(EXEC), 3, Check(5, frozenset(("rare",)), frozenset(("common",)))),)
    assert either([of_kinds(EXEC, RARE), of_kinds(EXEC)]) == of_kinds(EXEC)
    assert len(either([of_kinds(EXEC, RARE), of_kinds(OPEN, RARE)])) == 2
    assert of_kinds(()) == NEVER


def test_too_many_become_one() -> None:
    """Which takes all kinds of them."""
    many = either(of_kinds((k,), RARE, where) for k in EventKind if k for where in (1, 2, 3))
    assert len(many) == 1 if len(EventKind) * 3 > MOST_NEEDS else True
    assert many[0].check is None


def test_as_interests() -> None:
    """A detector's own form."""
    (interest,) = interests(of_kinds(EXEC, RARE, CONTAINER))
    assert (interest.kinds, interest.text, interest.args, interest.where) == (EXEC, ("rare",), (), Where.CONTAINER)
