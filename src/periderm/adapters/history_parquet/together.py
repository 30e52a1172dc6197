"""This machine's history and that of other machines as one, for reading. It writes nothing.

The rows of the others have their numbers raised, so that a place in the order of time names one row of the two.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator

import msgspec

from periderm.adapters.history_parquet.selecting import place_of
from periderm.model.errors import HistoryError
from periderm.model.event import Event, EventBatch
from periderm.model.event_query import EventQuery, Found, HistoryInfo
from periderm.ports.history import History

OTHERS = 1 << 61  # above the numbers of any history: 2^37 logs of 2^24 rows
_READ_ONLY = HistoryError("These histories are read together and written each by itself.")


class TogetherHistory:
    """`ports.history.History` over two. Who follows (`EventQuery.after`) and who judges the past again (`batches`) gets this
    machine's own rows only: the keys of processes are unique on one machine."""

    def __init__(self, own: History, others: History) -> None:
        self._own = own
        self._others = others

    def rows(self, query: EventQuery) -> Iterator[Found]:
        """Of both, in one order."""
        if query.after:
            return self._own.rows(query)
        sign = -1 if query.newest else 1
        both = heapq.merge(
            self._own.rows(query),
            (Found(found.number + OTHERS, found.event) for found in self._others.rows(_raised(query))),
            key=lambda found: (sign * found.event.time, sign * found.number),
        )
        return itertools.islice(both, query.limit) if query.limit > 0 else both

    def query(self, query: EventQuery) -> Iterator[Event]:
        """Of both."""
        for found in self.rows(query):
            yield found.event

    def batches(self, query: EventQuery) -> Iterator[EventBatch]:
        """Of this machine."""
        return self._own.batches(query)

    def last(self) -> int:
        """Of this machine."""
        return self._own.last()

    def info(self) -> HistoryInfo:
        """Of both."""
        own, others = self._own.info(), self._others.info()
        sums = ("rows", "size", "quota", "files", "dropped_rows", "waiting_rows", "expired_rows", "damaged")
        kinds = {name: own.by_kind.get(name, 0) + others.by_kind.get(name, 0) for name in own.by_kind | others.by_kind}
        return msgspec.structs.replace(
            own,
            **{name: getattr(own, name) + getattr(others, name) for name in sums},
            by_kind=kinds,
            oldest=min(filter(None, (own.oldest, others.oldest)), default=0),
            newest=max(own.newest, others.newest),
            notes=own.notes + others.notes,
        )

    def dropped(self) -> int:
        """Of none: nothing is written."""
        return 0

    def append(self, _batch: EventBatch, /) -> None:
        """Not here."""
        raise _READ_ONLY

    def flush(self) -> None:
        """Not here."""
        raise _READ_ONLY

    def maintain(self, _now: int, /) -> None:
        """Not here."""
        raise _READ_ONLY

    def close(self) -> None:
        """Lets both go."""
        self._own.close()
        self._others.close()


def _raised(query: EventQuery) -> EventQuery:
    """The question to the others, whose numbers are lower than they are shown."""
    if not query.before:
        return query
    time, number = place_of(query.before)
    # A place of our own rows lies before all of the others' at the same time.
    return msgspec.structs.replace(query, before=f"{time}.{max(0, number - OTHERS)}")
