"""Handlings in SQL; what every store promises is in tests/ports/test_handlings.py."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.handlings import DAY_NS, KEPT_NS
from periderm.adapters.store_sql.store import SqlStore


def test_what_was_fixed_long_ago_is_forgotten(tmp_path: Path) -> None:
    """It is in no trend any more, and takes no room."""
    store = SqlStore(str(tmp_path / "x.sqlite"), SystemClock())
    store.put_risks("shop", {"a": (4, 1)}, DAY_NS)
    store.put_risks("shop", {}, 2 * DAY_NS)
    assert store.risk_days(0, 3 * DAY_NS)[2].fixed == 1
    store.put_risks("shop", {}, 4 * DAY_NS + KEPT_NS)
    assert [day.fixed for day in store.risk_days(0, 3 * DAY_NS)] == [0, 0, 0, 0]
    store.close()
