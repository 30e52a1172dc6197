"""Counting alerts and incidents by day, and false ones by detector, without reading each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.query import Page, Query
from periderm.model.tally import FalseCount, Tally, TallyBy


class TallyStore(Protocol):
    """`query` filters as in lists (its page does not count: answers are whole); `keys` leaves all other keys out, and is at
    most 1000 of them. Raises StoreError, UsageError."""

    def alert_days(self, query: Query, *, by: TallyBy = TallyBy.DETECTOR, keys: Sequence[str] | None = None) -> Page[Tally]:
        """Alerts by their last time, those without a key left out, sorted by key and day."""
        ...

    def incident_days(self, query: Query, *, by: TallyBy = TallyBy.ASSET, keys: Sequence[str] | None = None) -> Page[Tally]:
        """Incidents by their last time, in the same way; not by detector."""
        ...

    def false_alerts(self, query: Query) -> Page[FalseCount]:
        """Of each detector that has any, sorted."""
        ...
