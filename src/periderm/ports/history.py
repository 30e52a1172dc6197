"""Events that were seen, kept durably on this node and asked for later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from periderm.model.event import Event, EventBatch
from periderm.model.event_query import EventQuery, HistoryInfo


class History(Protocol):
    """One writer, many readers (also in other processes). Raises HistoryError with what is wrong."""

    def append(self, batch: EventBatch) -> None:
        """Takes the rows; they are durable after the next `flush`, or after the documented time at the latest. Never
        blocks long: what cannot be kept is counted in `HistoryInfo.dropped_rows`."""
        ...

    def flush(self) -> None:
        """Makes durable what was appended."""
        ...

    def maintain(self, now: int) -> None:
        """Compacts small files and drops what is over age or quota; `now` is Unix nanoseconds. Call it now and then."""
        ...

    def query(self, query: EventQuery) -> Iterator[Event]:
        """The rows that were asked for, strings and subjects resolved."""
        ...

    def batches(self, query: EventQuery) -> Iterator[EventBatch]:
        """The same rows as columnar batches in the order of time, whole (no `limit` below the query's own), so that an
        engine can be run over the past."""
        ...

    def info(self) -> HistoryInfo:
        """What is kept."""
        ...

    def close(self) -> None:
        """Flushes and lets go."""
        ...
