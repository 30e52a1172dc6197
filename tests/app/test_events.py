"""Looking back: who may, what a condition sees, pages and followers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.app import events
from periderm.app.application import Application
from periderm.model.errors import DeniedError, NotFoundError, RuleError, UsageError
from periderm.model.event import EventKind
from periderm.model.event_query import EventQuery
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.flow.rows import batch
from tests.past import history, some
from tests.story import application

NOBODY = Principal("nobody", frozenset())


@pytest.fixture
def past(tmp_path: Path) -> Iterator[ParquetHistory]:
    """Ten opens and ten execs."""
    made = history(tmp_path)
    made.append(some(10))
    made.append(
        batch(*({"at": 1 + i / 10, "kind": 1, "text": "/bin/sh", "args": f"sh\0-c\0{i}", "subject": 1} for i in range(10)))
    )
    made.flush()
    yield made
    made.close()


@pytest.fixture
def app(tmp_path: Path, past: ParquetHistory) -> Iterator[Application]:
    """A server on the same machine."""
    made = application(tmp_path)
    yield Application(store=made.store, clock=made.clock, settings=made.settings, history=past)
    made.store.close()


def test_only_readers_look_back(past: ParquetHistory, app: Application) -> None:
    """Whoever may read nothing may not read this."""
    with pytest.raises(DeniedError):
        events.look_back(past, NOBODY, EventQuery())
    with pytest.raises(DeniedError):
        next(events.follow(past, NOBODY, EventQuery()))
    with pytest.raises(DeniedError):
        events.what_is_kept(past, NOBODY)
    with pytest.raises(DeniedError):
        events.list_events(app, NOBODY, EventQuery())
    with pytest.raises(DeniedError):
        events.show_kept(app, NOBODY)


def test_a_condition_is_one_more_filter(past: ParquetHistory) -> None:
    """In the language of rules, over what the row says; the limit counts what passes."""
    query = EventQuery(where='kind == "exec" && args[1] in ["3", "7"]', newest=False)
    found = list(events.look_back(past, LOCAL_ADMIN, query))
    assert [each.event.argv[2] for each in found] == ["3", "7"]
    first = EventQuery(where='contained && name == "sh"', limit=2)
    assert [each.event.argv[2] for each in events.look_back(past, LOCAL_ADMIN, first)] == ["9", "8"]


def test_a_wrong_condition_is_told_before_anything_is_read(past: ParquetHistory) -> None:
    """With its place, and the word that was meant."""
    with pytest.raises(RuleError, match="where:1"):
        events.look_back(past, LOCAL_ADMIN, EventQuery(where='kimd == "exec"'))
    with pytest.raises(RuleError):
        events.look_back(past, LOCAL_ADMIN, EventQuery(where='kind == "exce"'))


def test_followers_see_what_is_written_and_passes(past: ParquetHistory) -> None:
    """Nothing at first, then each row once."""
    query = EventQuery(after=events.latest(past), where="pid >= 2")
    live = events.follow(past, LOCAL_ADMIN, query)
    assert next(live) == []
    past.append(some(4, at=9))
    past.flush()
    assert [found.event.pid for found in next(live)] == [2, 3]
    assert next(live) == []


def test_pages_of_the_api_are_whole(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cursors lead through all of them, also where a condition hardly ever holds and a page looks at few rows."""
    monkeypatch.setattr(events, "MOST_JUDGED", 6)
    for where, count in (("", 20), ('kind == "exec" && args[1] == "1"', 1), ("pid == 999", 0)):
        found: list[object] = []
        cursor = ""
        for _ in range(20):
            page = events.list_events(app, LOCAL_ADMIN, EventQuery(where=where, limit=7, before=cursor))
            found += page.items
            cursor = page.next_cursor
            if not cursor:
                break
        assert cursor == ""
        assert len(found) == count


def test_where_nothing_is_kept_it_is_said(tmp_path: Path, app: Application) -> None:
    """With what to do; an answer without rows is not the same."""
    assert events.list_events(app, LOCAL_ADMIN, EventQuery(kinds=(EventKind.BPF,), limit=9)).items == ()
    empty = history(tmp_path / "empty")
    bare = Application(store=app.store, clock=app.clock, settings=app.settings, history=empty)
    none = Application(store=app.store, clock=app.clock, settings=app.settings)
    for each in (bare, none):
        with pytest.raises(NotFoundError, match="No events are kept"):
            events.list_events(each, LOCAL_ADMIN, EventQuery(limit=9))
        with pytest.raises(NotFoundError, match="No events are kept"):
            events.show_kept(each, LOCAL_ADMIN)
    assert events.show_kept(app, LOCAL_ADMIN).rows == 20


def test_a_page_has_a_size(app: Application) -> None:
    """Up to a thousand."""
    with pytest.raises(UsageError):
        events.list_events(app, LOCAL_ADMIN, EventQuery(limit=0))
    with pytest.raises(UsageError):
        events.list_events(app, LOCAL_ADMIN, EventQuery(limit=1001))
