"""Searches over the history of events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.app import events
from periderm.app.application import Application
from periderm.app.event_search import searched
from periderm.model.errors import UsageError
from periderm.model.event import EventKind
from periderm.model.event_query import EventQuery
from periderm.model.principal import LOCAL_ADMIN
from tests.flow.rows import batch
from tests.past import history, some
from tests.story import application


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    """Ten opened files, ten commands, and one connection."""
    past = history(tmp_path)
    past.append(some(10))
    runs = ({"at": 1 + i / 10, "kind": 1, "exe": "/bin/sh", "args": f"sh\0-c\0{i}", "subject": 1} for i in range(10))
    past.append(batch(*runs))
    past.append(batch({"at": 3, "kind": 5, "text": "10.1.2.3", "port": 4433, "family": 2, "exe": "/usr/bin/curl", "pid": 77}))
    past.flush()
    made = application(tmp_path)
    yield Application(store=made.store, clock=made.clock, settings=made.settings, history=past)
    past.close()
    made.store.close()


def found(app: Application, text: str) -> list[EventKind]:
    """The kinds of events that a search finds."""
    page = events.show_events(app, LOCAL_ADMIN, searched(app, text, EventQuery(limit=100)))
    return [each.event.kind for each in page.items]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("event:exec", 10),
        ("event:exec,connect", 11),
        ("-event:exec,connect", 10),
        ("address:10.1.* port:4433", 1),
        ("port>=4433 exe:curl", 1),
        ("exe:/bin/s* or pid:77", 11),
        ("path:10.1.2.3", 0),
        ("event:exec not (sh or curl)", 0),
        ("CURL 10.1.2.3", 1),
        ("since:1m", 0),
        ("", 21),
    ],
)
def test_events_are_found_by_the_language(app: Application, text: str, count: int) -> None:
    """By fields, words and alternatives; an address is not a path."""
    assert len(found(app, text)) == count


def test_what_the_history_can_look_for_is_left_to_it(app: Application) -> None:
    """So that it reads fewer rows; what is left is held against each."""
    query = searched(app, "event:exec time>=2026-01-01 time<2026-01-02 sh", EventQuery(since=5))
    assert (query.kinds, query.text, query.fits) == ((EventKind.EXEC,), "sh", None)
    assert query.until - query.since == 86_400 * 10**9
    assert searched(app, "event:exec pid:1", EventQuery()).fits is not None
    assert searched(app, "event:e*", EventQuery()).kinds == ()


def test_a_search_and_a_condition_hold_together(app: Application) -> None:
    """Each takes rows away."""
    assert app.history is not None
    query = searched(app, "exe:sh", EventQuery(where='kind == "exec" && args[1] in ["3", "7"]', limit=100))
    assert len(list(events.look_back(app.history, LOCAL_ADMIN, query))) == 2
    query = searched(app, "exe:curl", EventQuery(where='kind == "exec"', limit=100))
    assert list(events.look_back(app.history, LOCAL_ADMIN, query)) == []


def test_a_field_of_other_things_is_told(app: Application) -> None:
    """It would find nothing, and nobody would know why."""
    with pytest.raises(UsageError, match="owner"):
        searched(app, "owner:payments", EventQuery())
