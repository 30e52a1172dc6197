"""Counting by SQL reads no documents. What it counts is promised in tests/ports/test_tallies.py."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.query import Query
from periderm.model.tally import TallyBy
from tests.ports.plugs import alert


def test_an_index_holds_what_is_counted(tmp_path: Path) -> None:
    """SQLite's own plan: the index alone, so that a million alerts are counted without one of them being read."""
    store = SqlStore(f"sqlite:///{tmp_path / 'a.db'}", SystemClock())
    store.put_alerts([alert(1)])
    assert store.alert_days(Query(since=1), by=TallyBy.DETECTOR).total == 1
    asked = "SELECT detector, time / 5, count(*), max(time) FROM alerts WHERE time >= 1 AND detector != '' GROUP BY 1, 2"
    with store._database.reading() as connection:
        plan = " ".join(row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked}")))
    store.close()
    assert "COVERING INDEX" in plan
