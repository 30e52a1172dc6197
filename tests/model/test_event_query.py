"""Questions to history, and where a row lies in it."""

from __future__ import annotations

from periderm.model.event import Event, EventKind
from periderm.model.event_query import EventQuery, Found
from tests.flow.conftest import NODE


def test_a_row_knows_its_place() -> None:
    """Time and number: what the next page begins behind."""
    found = Found(7, Event(kind=EventKind.EXEC, subject=NODE, time=5))
    assert found.place == "5.7"


def test_an_empty_question_asks_for_everything() -> None:
    """The newest first, within a bound."""
    query = EventQuery()
    assert (query.since, query.until, query.kinds, query.text) == (0, 0, (), "")
    assert query.newest
    assert query.limit > 0
