"""Folders of ext4 that are damaged; whole ones are read from real file systems in test_ext4."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.ext4_folders import entries
from periderm.model.errors import FormatError


def entry(number: int, name: bytes, length: int) -> bytes:
    """struct ext4_dir_entry_2."""
    return (struct.pack("<IHBB", number, length, len(name), 1) + name).ljust(length, b"\0")


def test_names_and_what_is_none() -> None:
    """'.', '..', deleted entries, indexes and checksums are left out."""
    block = entry(2, b".", 12) + entry(2, b"..", 12) + entry(0, b"deleted", 16) + entry(9, b"name", 972) + entry(0, b"", 12)
    assert list(entries(block, "x")) == [(b"name", 9)]
    assert list(entries(struct.pack("<IHBB", 0, 1024, 0, 0).ljust(1024, b"\1"), "x")) == []


@pytest.mark.parametrize(
    "block", [bytes(1024), entry(5, b"a", 10), entry(5, b"abc", 8), entry(5, b"a", 12)[:4] + b"\xff\xff\1\1"]
)
def test_lengths_that_cannot_be(block: bytes) -> None:
    """No length, an odd one, one that is too short for the name, one beyond the block: damage."""
    with pytest.raises(FormatError, match="damaged"):
        list(entries(block.ljust(16, b"\0"), "x"))


def test_blocks_of_65536() -> None:
    """The whole of the largest block does not fit its 16 bits."""
    assert list(entries(entry(5, b"a", 12)[:4] + b"\xff\xff\1\1a".ljust(65_532, b"\0"), "x")) == [(b"a", 5)]


@given(st.binary(max_size=300))
def test_any_bytes_end(data: bytes) -> None:
    """No bytes make it do anything but end."""
    try:
        list(entries(data, "x"))
    except FormatError:
        return
