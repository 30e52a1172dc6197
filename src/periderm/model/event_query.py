"""A question to the history of events: which rows, from when to when, and how many; and what history says of itself."""

from __future__ import annotations

import msgspec

from periderm.model.event import Event, EventKind
from periderm.model.search import Condition

MOST_ROWS = 10_000


class EventQuery(msgspec.Struct, frozen=True, kw_only=True):
    """All conditions must hold; an empty one holds always. Times are Unix nanoseconds, `since` inclusive, `until`
    exclusive, 0 for open. `where` is a condition in the rule language over `EventFacts`; `text` is searched in path,
    arguments and executable without regard to case. `fits` is an understood search; like `where` it is held against each row
    by who asks: a history narrows by the other fields. `limit` bounds the answer (0: nothing does); `newest` returns the last
    rows first.

    `before` is a place (`Found.place`): only rows that come after it in the direction of the answer, for pages. `after`
    is a row's number: only rows that were written later, in the order of writing, for those who follow.
    """

    since: int = 0
    until: int = 0
    kinds: tuple[EventKind, ...] = ()
    subjects: tuple[str, ...] = ()  # asset ids
    container: str = ""  # a glob on the container's name
    process: int = 0
    text: str = ""
    where: str = ""
    fits: Condition | None = None
    limit: int = MOST_ROWS
    newest: bool = True
    before: str = ""
    after: int = 0


class Found(msgspec.Struct, frozen=True):
    """A row of history: its number on its node (it grows in the order of writing, and is never used again) and itself."""

    number: int
    event: Event

    @property
    def place(self) -> str:
        """Where it lies in the order of time, for `EventQuery.before`."""
        return f"{self.event.time}.{self.number}"


class HistoryInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What history holds: rows and bytes, its ends, its quota, and what was dropped to keep it.

    `by_kind` counts the rows of each group of kinds that is kept together ('process', 'file', 'network', 'system').
    `waiting_rows` are in the log and not yet in a partition. `dropped_rows` were not kept, or dropped before their age,
    because room was short; `expired_rows` had reached their age. `damaged` files were set aside; `notes` say what was
    found wrong, one sentence each.
    """

    rows: int = 0
    size: int = 0
    quota: int = 0
    oldest: int = 0
    newest: int = 0
    files: int = 0
    dropped_rows: int = 0
    by_kind: dict[str, int] = {}
    waiting_rows: int = 0
    expired_rows: int = 0
    days: float = 0.0
    damaged: int = 0
    maintained: int = 0
    notes: tuple[str, ...] = ()
