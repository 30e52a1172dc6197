"""What every store promises of tables of owners."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.model.asset import Ownership
from periderm.model.owner_table import OwnerHead, OwnerRow, OwnerSource, OwnerTable
from periderm.ports.store import Store
from tests.ports.plugs import STORES


@pytest.fixture(params=STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    opened = request.param.open(tmp_path)
    yield opened
    opened.close()


def test_a_table_takes_the_place_of_its_name(store: Store) -> None:
    """And is there until it is removed."""
    one = OwnerTable(id="cmdb", rows=(OwnerRow(name="a", ownership=Ownership(owner="x")),), imported=1)
    two = OwnerTable(id="cmdb", imported=2)
    other = OwnerTable(id="a-file", imported=3)
    for table in (one, two, other):
        store.put_owner_table(table)
    assert list(store.owner_tables()) == [other, two]
    assert store.remove_owner_table("cmdb")
    assert not store.remove_owner_table("cmdb")
    assert list(store.owner_tables()) == [other]
    assert (store.owner_table("a-file"), store.owner_table("cmdb")) == (other, None)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 300, 70_000])
def test_a_head_has_no_rows_but_their_number(store: Store, count: int) -> None:
    """Whatever a table's size; all else is as in the table."""
    source = OwnerSource(address="https://cmdb.test/x.csv", failing=5, failure="no")
    row = OwnerRow(name="a", ownership=Ownership(owner="x"))
    store.put_owner_table(OwnerTable(id="b", source="s", imported=3, author="user:eve", rows=(row,) * count, fetch=source))
    store.put_owner_table(OwnerTable(id="a"))
    assert list(store.owner_heads()) == [
        OwnerHead(id="a"),
        OwnerHead(id="b", source="s", imported=3, author="user:eve", count=count, fetch=source),
    ]
