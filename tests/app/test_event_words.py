"""Events in few words."""

from __future__ import annotations

from periderm.app.event_words import acted_on, marks, outcome
from periderm.model.event import Event, EventFlag, EventKind
from tests.flow.conftest import NODE


def test_every_kind_says_something_of_what_it_holds() -> None:
    """The path or address that came with it is not lost."""
    for kind in EventKind:
        event = Event(kind=kind, subject=NODE, text="/srv/x", raw="/srv/y", arg1=7)
        said = acted_on(event)
        assert "/srv/x" in said or kind is EventKind.EXIT


def test_a_failure_has_its_name_and_marks_their_words() -> None:
    """Only where the call failed."""
    failed = Event(kind=EventKind.OPEN, subject=NODE, ret=-13, flags=EventFlag.FAILED | EventFlag.UPPER)
    assert outcome(failed) == "EACCES"
    assert [m.en for m in marks(failed)] == ["not in the image"]
    assert outcome(Event(kind=EventKind.EXIT, subject=NODE, ret=3)) == ""
