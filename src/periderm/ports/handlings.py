"""Where people are with incidents and findings, and how much risk there was day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from periderm.model.handling import Handling, RiskDay
from periderm.model.query import Page, Query


class HandlingStore(Protocol):
    """Handlings by their id; and when grave weaknesses came to a place and went. Raises StoreError."""

    def put_handling(self, handling: Handling) -> None: ...
    def handling(self, handling_id: str) -> Handling | None: ...
    def handlings(self, query: Query, *, assignee: str = "", place: str = "") -> Page[Handling]:
        """The newest change first. `query.state` is one, 'open' for all that are not over, or 'overdue' for those of them whose
        date is before `query.until`, or 'lapsed' for those that were accepted until a day that is (it then restricts nothing
        else); `query.kind` is 'incident' or 'finding'."""
        ...

    def handlings_of(self, handling_ids: Iterable[str]) -> dict[str, Handling]:
        """Those that there are."""
        ...

    def put_risks(self, place: str, there: Mapping[str, tuple[int, int]], time: int) -> None:
        """All grave weaknesses that this place has now: by id the severity, and when it was first seen (Unix nanoseconds). What
        it had before and has no more went at `time`."""
        ...

    def risk_days(self, since: int, until: int) -> Sequence[RiskDay]:
        """Day by day (UTC) from the day of `since` to that of `until`, Unix nanoseconds, of what `put_risks` was told."""
        ...
