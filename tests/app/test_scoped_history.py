"""Events of the past, for somebody who sees a part."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from periderm.app.scoped_history import ScopedHistory
from periderm.model.errors import DeniedError
from periderm.model.event import Event, EventBatch
from periderm.model.event_query import EventQuery, Found, HistoryInfo


class Asked:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.queries: list[EventQuery] = []

    def rows(self, query: EventQuery) -> Iterator[Found]:
        """None."""
        self.queries.append(query)
        return iter(())

    def query(self, query: EventQuery) -> Iterator[Event]:
        """None."""
        self.queries.append(query)
        return iter(())

    def batches(self, query: EventQuery) -> Iterator[EventBatch]:
        """None."""
        self.queries.append(query)
        return iter(())

    def last(self) -> int:
        """A number."""
        return 7

    def info(self) -> HistoryInfo:
        """Nothing."""
        return HistoryInfo()


@pytest.mark.parametrize("way", ["rows", "query", "batches"])
def test_only_their_subjects_are_asked_for(way: str) -> None:
    """All of theirs where none is named; those of the named that are theirs; nothing, and not everything, if none is."""
    asked = Asked()
    part = ScopedHistory(asked, lambda: (["con-1", "con-2"], False))  # type: ignore[arg-type]
    for subjects in ((), ("con-2", "con-9"), ("con-9",)):
        assert list(getattr(part, way)(EventQuery(subjects=subjects))) == []
    assert [sorted(q.subjects) for q in asked.queries] == [["con-1", "con-2"], ["con-2"]]
    none = ScopedHistory(asked, lambda: ((), False))  # type: ignore[arg-type]
    assert list(getattr(none, way)(EventQuery())) == []
    assert len(asked.queries) == 2


def test_who_reads_everything_reads_everything() -> None:
    """A part may be all there is to read, and less to change."""
    asked = Asked()
    list(ScopedHistory(asked, lambda: None).rows(EventQuery()))  # type: ignore[arg-type]
    assert asked.queries == [EventQuery()]


def test_too_many_are_refused_and_not_shortened() -> None:
    """An answer that leaves some out without saying so would be a lie."""
    with pytest.raises(DeniedError):
        list(ScopedHistory(Asked(), lambda: (["con-1"], True)).rows(EventQuery()))  # type: ignore[arg-type]


def test_nothing_is_written() -> None:
    """By a caller."""
    part = ScopedHistory(Asked(), lambda: None)  # type: ignore[arg-type]
    for write in (part.flush, lambda: part.maintain(1)):
        with pytest.raises(DeniedError):
            write()
    assert part.last() == 7
    assert part.info() == HistoryInfo()
    part.close()
