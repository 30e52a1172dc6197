"""Tables of owners."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.owner_table import MOST_ROWS, parse
from periderm.model.asset import Grade, Ownership
from periderm.model.errors import FormatError
from periderm.model.owner_table import OwnerRow


def test_rows_in_their_order() -> None:
    """Columns in any order and case; others are passed over; empty lines too."""
    text = 'CI id,Owner,name,Grade,application\n7,team-shop,web-*,Core,"shop, online"\n\n8,ops,db,,\n'
    assert parse(text.encode()) == (
        OwnerRow(name="web-*", ownership=Ownership("", "shop, online", "team-shop", Grade.CORE)),
        OwnerRow(name="db", ownership=Ownership(owner="ops")),
    )


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_as_spreadsheets_write_it(sign: str, start: str) -> None:
    """Semicolons and tabs, and the mark that some programs begin with."""
    text = f"{start}host{sign}owner\r\nnode-1{sign}ops\r\n"
    assert parse(text.encode()) == (OwnerRow(host="node-1", ownership=Ownership(owner="ops")),)


def test_columns_may_be_called_otherwise() -> None:
    """As the export names them; one that is not there is told with those that are."""
    data = b"Configuration Item,Support Group\nweb,team-shop\n"
    renamed = {"name": "configuration item", "owner": "Support Group"}
    assert parse(data, renamed) == (OwnerRow(name="web", ownership=Ownership(owner="team-shop")),)
    with pytest.raises(FormatError, match="no column 'Team'") as raised:
        parse(data, {"name": "Configuration Item", "owner": "Team"})
    assert "Support Group" in str(raised.value.next_step)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "does not say"),
        (b"name,host\na,b\n", "does not say"),
        (b"owner\nops\n", "does not say"),
        (b"name,owner\n,ops\n", "Line 2"),
        (b"name,owner,grade\na,b,gold\n", "gold"),
        (b"name,owner\n" + b"x" * 300 + b",ops\n", "Line 2"),
        (b'name,owner\n"a,b\n', "Line"),
        (b"name,owner\n\xff,x\n", "UTF-8"),
        (b"name,owner\n\0,x\n", "NUL"),
    ],
)
def test_what_is_wrong_is_told(data: bytes, told: str) -> None:
    """With the line, and what to do."""
    with pytest.raises(FormatError, match=told) as raised:
        parse(data)
    assert raised.value.next_step


def test_too_many_rows_are_refused() -> None:
    """Rather than taken in part."""
    with pytest.raises(FormatError, match="more than"):
        parse(b"name,owner\n" + b"a,b\n" * (MOST_ROWS + 1))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_told(data: bytes) -> None:
    """Nothing but FormatError."""
    with contextlib.suppress(FormatError):
        assert all(isinstance(row, OwnerRow) for row in parse(data))
