"""Tables of owners as values."""

from __future__ import annotations

import msgspec
import pytest

from periderm.model.asset import Grade, Ownership
from periderm.model.errors import UsageError
from periderm.model.owner_table import OwnerRow, OwnerTable, owner_row


def test_it_is_the_same_after_storing() -> None:
    """With grades."""
    table = OwnerTable(id="cmdb", rows=(OwnerRow(name="a", ownership=Ownership(grade=Grade.CORE)),))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(table), type=OwnerTable) == table


def test_a_row_of_columns() -> None:
    """What is missing is empty; a grade is written in any case; another is refused with those that there are."""
    row = owner_row({"name": "web*", "owner": "ada", "grade": "CORE"})
    assert row == OwnerRow(name="web*", ownership=Ownership(owner="ada", grade=Grade.CORE))
    assert owner_row({}) == OwnerRow()
    with pytest.raises(UsageError) as told:
        owner_row({"grade": "vital"})
    assert all(grade in told.value.next_step for grade in ("core", "important", "ordinary"))
