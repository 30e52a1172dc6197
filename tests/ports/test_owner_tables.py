"""What every store promises of tables of owners."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.model.asset import Ownership
from periderm.model.owner_table import OwnerRow, OwnerTable
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
