"""Tables of owners in SQL; what every store promises is in tests/ports/test_owner_tables.py."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.owner_table import OwnerRow, OwnerTable


def test_a_large_table_is_one_row(tmp_path: Path) -> None:
    """And comes back whole in the next process."""
    path = str(tmp_path / "x.sqlite")
    table = OwnerTable(id="cmdb", rows=tuple(OwnerRow(name=f"host-{number}") for number in range(20_000)))
    store = SqlStore(path, SystemClock())
    store.put_owner_table(table)
    store.close()
    again = SqlStore(path, SystemClock())
    assert list(again.owner_tables()) == [table]
    again.close()
