"""The names of facts and the words of kinds."""

from __future__ import annotations

import msgspec
from hypothesis import given

from periderm.model.event import EventKind
from periderm.model.event_facts import KINDS, WORDS, EventFacts
from tests.strategies import values


def test_every_kind_has_a_word() -> None:
    """And back."""
    assert set(KINDS.values()) == set(EventKind) - {EventKind.NONE}
    assert all(KINDS[WORDS[kind]] is kind for kind in WORDS)
    assert KINDS["process-vm"] is EventKind.PROCESS_VM


def test_all_facts_have_defaults() -> None:
    """A test of a rule gives only what matters."""
    assert EventFacts().kind == ""


@given(values(EventFacts))
def test_facts_survive_the_wire(facts: EventFacts) -> None:
    """Read back equal."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=EventFacts) == facts
