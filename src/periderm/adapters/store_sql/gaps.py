"""Coverage gaps by id, until they are closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import plain, searchable
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.gap import CoverageGap
from periderm.model.query import Page, Query


def _columns(gap: CoverageGap) -> Mapping[str, object]:
    return {
        "time": gap.until,
        "kind": gap.kind.value,
        "asset_id": gap.asset_id,
        "search": searchable(gap.message, gap.next_step, gap.detail),
    }


GAPS: Family[CoverageGap] = Family(
    what="gap",
    table=schema.gaps,
    decoder=msgspec.msgpack.Decoder(CoverageGap),
    key=lambda gap: gap.id,
    columns=_columns,
)


def merge(old: CoverageGap, new: CoverageGap) -> CoverageGap:
    """The new value with the smallest `since`, the greatest `until` and `count`."""
    return msgspec.structs.replace(
        new, since=min(old.since, new.since), until=max(old.until, new.until), count=max(old.count, new.count)
    )


class SqlGaps(Part):
    """`ports.store.GapStore`."""

    def put_gaps(self, gaps: Iterable[CoverageGap]) -> None:
        """Store or merge."""
        with self._database.writing() as transaction:
            GAPS.put(transaction, gaps, merge)

    def close_gap(self, gap_id: str) -> None:
        """It no longer exists; it is removed."""
        with self._database.writing() as transaction:
            GAPS.remove(transaction, [plain(gap_id)])

    def gap(self, gap_id: str) -> CoverageGap | None:
        """One that still exists."""
        return self._get(GAPS, gap_id)

    def gaps(self, query: Query) -> Page[CoverageGap]:
        """A page of gaps, by `until`."""
        return self._page(GAPS, query)
