"""The history of events for a caller who sees a part only: rows of their own containers and workloads. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from periderm.model.errors import DeniedError
from periderm.model.event import Event, EventBatch
from periderm.model.event_query import EventQuery, Found, HistoryInfo
from periderm.ports.history import History

Subjects = Callable[[], tuple[Sequence[str], bool] | None]


class ScopedHistory:
    """`ports.history.History` for reading; `subjects` says whose rows may be seen (None: all)."""

    def __init__(self, history: History, subjects: Subjects) -> None:
        self._history = history
        self._subjects = subjects

    def _part(self, query: EventQuery) -> EventQuery | None:
        """The query for what may be seen; None if that is nothing."""
        told = self._subjects()
        if told is None:
            return query
        seen, more = told
        if more:
            raise DeniedError(
                f"More than {len(seen)} assets are yours: their events cannot be told apart at once.",
                "Ask for rights to a smaller part, or someone whose rights hold everywhere.",
            )
        wanted = tuple(set(query.subjects).intersection(seen)) if query.subjects else tuple(seen)
        return msgspec.structs.replace(query, subjects=wanted) if wanted else None

    def rows(self, query: EventQuery) -> Iterator[Found]:
        """Of what may be seen."""
        part = self._part(query)
        return self._history.rows(part) if part is not None else iter(())

    def query(self, query: EventQuery) -> Iterator[Event]:
        """Of what may be seen."""
        part = self._part(query)
        return self._history.query(part) if part is not None else iter(())

    def batches(self, query: EventQuery) -> Iterator[EventBatch]:
        """Of what may be seen."""
        part = self._part(query)
        return self._history.batches(part) if part is not None else iter(())

    def last(self) -> int:
        """A number; it tells of no row."""
        return self._history.last()

    def info(self) -> HistoryInfo:
        """How much there is of all: figures only."""
        return self._history.info()

    def dropped(self) -> int:
        """A number."""
        return self._history.dropped()

    def append(self, _batch: EventBatch, /) -> None:
        """A caller writes no history."""
        raise self._refused()

    def flush(self) -> None:
        """A caller writes no history."""
        raise self._refused()

    def maintain(self, _now: int, /) -> None:
        """A caller writes no history."""
        raise self._refused()

    def close(self) -> None:
        """It is the server's, and stays open."""

    def _refused(self) -> DeniedError:
        return DeniedError("History is written by the agent only.")
