"""Alerts in their table."""

from __future__ import annotations

from hypothesis import given

from periderm.adapters.store_sql.alerts import merge
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.alert import Alert
from periderm.model.query import Query
from tests.ports.plugs import alert
from tests.strategies import alerts


@given(one=alerts(), other=alerts(), third=alerts())
def test_merging_is_settled(one: Alert, other: Alert, third: Alert) -> None:
    """Merging what is merged changes nothing, and what grows does not depend on how reports are grouped."""
    merged = merge(one, other)
    assert merge(merged, other) == merged
    left, right = merge(merge(one, other), third), merge(one, merge(other, third))
    assert (left.count, left.last_time, left.incident_id) == (right.count, right.last_time, right.incident_id)


def test_an_alert_moves_with_its_last_time(store: SqlStore) -> None:
    """One that fires again is the newest again, and counted once."""
    store.put_alerts([alert(1, last_time=100), alert(2, last_time=200)])
    store.put_alerts([alert(1, last_time=300, count=2)])
    page = store.alerts(Query())
    assert [item.id for item in page.items] == ["alt-0001", "alt-0002"]
    assert page.total == 2


def test_an_alert_is_found_by_what_did_it(store: SqlStore) -> None:
    """Its program, its container's name and its detector are part of the text."""
    store.put_alerts([alert(1, container_name="shop-web")])
    for words in ("/BIN/sh", "shop-", "run-001"):
        assert store.alerts(Query(text=words)).total == 1
