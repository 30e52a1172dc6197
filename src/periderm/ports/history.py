"""Events that were seen, kept durably on this node and asked for later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from periderm.model.event import Event, EventBatch
from periderm.model.event_query import EventQuery, Found, HistoryInfo


class History(Protocol):
    """One writer, many readers (also in other processes). Raises HistoryError with what is wrong.

    `EventQuery.where` is not looked at here: it is the rule language's, and `app.events` applies it to what comes.
    """

    def append(self, batch: EventBatch) -> None:
        """Takes the rows; they are durable after the next `flush`. Never blocks: what cannot be kept is counted in
        `dropped`."""
        ...

    def flush(self) -> None:
        """Makes durable what was appended."""
        ...

    def dropped(self) -> int:
        """Rows that this writer could not keep, since it was opened."""
        ...

    def maintain(self, now: int) -> None:
        """Partitions, compacts, and drops what is over age or quota; `now` is Unix nanoseconds. Call it now and then; it
        needs memory for a while, so a process of its own is a good place."""
        ...

    def rows(self, query: EventQuery) -> Iterator[Found]:
        """The rows that were asked for with their numbers, strings and subjects resolved."""
        ...

    def query(self, query: EventQuery) -> Iterator[Event]:
        """The same without the numbers."""
        ...

    def batches(self, query: EventQuery) -> Iterator[EventBatch]:
        """The same rows as columnar batches in the order of time, whole (`limit`, `newest` and `before` do not count), so
        that an engine can be run over the past."""
        ...

    def last(self) -> int:
        """The number of the row that was written last, or a little more; no later row has a lower one."""
        ...

    def info(self) -> HistoryInfo:
        """What is kept."""
        ...

    def close(self) -> None:
        """Flushes and lets go."""
        ...
