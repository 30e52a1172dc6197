"""Coverage gaps in their table."""

from __future__ import annotations

from hypothesis import given

from periderm.adapters.store_sql.gaps import merge
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.query import Query
from tests.ports.plugs import gap
from tests.strategies import values


@given(one=values(CoverageGap), other=values(CoverageGap))
def test_a_gap_only_widens(one: CoverageGap, other: CoverageGap) -> None:
    """Nothing that was not seen becomes seen by another report."""
    merged = merge(one, other)
    assert merged.since <= min(one.since, other.since)
    assert merged.until >= max(one.until, other.until)
    assert merged.count >= max(one.count, other.count)
    assert merge(merged, other) == merged


def test_gaps_by_kind_and_asset(store: SqlStore) -> None:
    """As the console asks."""
    store.put_gaps([gap(1), gap(2, kind=GapKind.SENSOR_DOWN), gap(3, asset_id="img-1")])
    assert [item.id for item in store.gaps(Query(kind="sensor-down")).items] == ["gap-2"]
    assert [item.id for item in store.gaps(Query(asset_id="img-1")).items] == ["gap-3"]
