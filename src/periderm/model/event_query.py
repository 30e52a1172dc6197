"""A question to the history of events: which rows, from when to when, and how many."""

from __future__ import annotations

import msgspec

from periderm.model.event import EventKind

MOST_ROWS = 10_000


class EventQuery(msgspec.Struct, frozen=True, kw_only=True):
    """All conditions must hold; an empty one holds always. Times are Unix nanoseconds, `since` inclusive, `until`
    exclusive, 0 for open. `where` is a condition in the rule language over `EventFacts`; `text` is searched in path,
    arguments and executable without regard to case. `limit` bounds the answer; `newest` returns the last rows first."""

    since: int = 0
    until: int = 0
    kinds: tuple[EventKind, ...] = ()
    subjects: tuple[str, ...] = ()  # asset ids
    container: str = ""  # a glob on the container's name
    process: int = 0
    text: str = ""
    where: str = ""
    limit: int = MOST_ROWS
    newest: bool = True


class HistoryInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What history holds: rows and bytes by kind, its ends, its quota, and what was dropped to keep it."""

    rows: int = 0
    size: int = 0
    quota: int = 0
    oldest: int = 0
    newest: int = 0
    files: int = 0
    dropped_rows: int = 0
    by_kind: dict[str, int] = {}
