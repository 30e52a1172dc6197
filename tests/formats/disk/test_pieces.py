"""Virtual disks of pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.pieces import Remembered, pieces, table
from periderm.model.errors import FormatError
from tests.formats.disk.disks import of_bytes


@given(st.lists(st.one_of(st.none(), st.integers(0, 6), st.binary(min_size=8, max_size=8)), max_size=8), st.data())
def test_a_read_is_the_pieces_in_order(where: list[int | bytes | None], data: st.DataObject) -> None:
    """Pieces in the file, zeros, and inflated ones: any read is a slice of them put together."""
    file = bytes(range(64))
    size = max(0, len(where) * 8 - data.draw(st.integers(0, 7)))
    places = [one * 8 if isinstance(one, int) else one for one in where]
    whole = b"".join(bytes(8) if one is None else file[one : one + 8] if isinstance(one, int) else one for one in places)[:size]
    read = pieces(of_bytes(file).read, lambda number: places[number] if number < len(places) else None, 8, size, "x")
    offset, wanted = data.draw(st.integers(0, 70)), data.draw(st.integers(0, 70))
    assert read(offset, wanted) == whole[offset : offset + wanted]


def test_tables_are_bounded() -> None:
    """A table that is too large, or not there, is an error."""
    assert table(of_bytes(b"abcd").read, 1, 2, 10, "x") == b"bc"
    for size in (11, 8):
        with pytest.raises(FormatError):
            table(of_bytes(b"abcd").read, 1, size, 10, "x")


def test_the_last_are_remembered() -> None:
    """What was made lately is not made again; the oldest is forgotten."""
    made: list[int] = []
    remembered = Remembered(lambda key: (made.append(key), bytes([key]))[1], 2)
    for key in (1, 2, 1, 3, 1, 2):
        assert remembered(key) == bytes([key])
    assert made == [1, 2, 3, 2]
