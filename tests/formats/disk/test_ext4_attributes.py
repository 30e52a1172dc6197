"""Extended attributes of ext4 that are damaged; whole ones are read from real file systems in test_ext4."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.ext4_attributes import in_block, in_inode
from periderm.model.errors import FormatError

MAGIC = struct.pack("<I", 0xEA020000)


def block(*, offset: int = 1000, size: int = 4, inode: int = 0, name: bytes = b"capability") -> bytes:
    """An attribute block with one entry."""
    entry = struct.pack("<BBHIII", len(name), 6, offset, inode, size, 0) + name
    return (MAGIC + bytes(28) + entry).ljust(1000, b"\0") + b"abcd" + bytes(20)


def test_values_are_found() -> None:
    """An entry's value lies where it says; one in an inode of its own is left out."""
    assert in_block(block()) == {(6, b"capability"): b"abcd"}
    assert in_block(block(inode=12)) == {}


def test_damage_is_told() -> None:
    """Values beyond the block, and blocks that are none, are errors."""
    with pytest.raises(FormatError, match="beyond"):
        in_block(block(offset=1022))
    with pytest.raises(FormatError, match="no block"):
        in_block(bytes(1024))


def test_an_inode_without_room_has_none() -> None:
    """Old inodes end before attributes begin."""
    assert in_inode(bytes(128)) == {}
    assert in_inode(bytes(128) + struct.pack("<H", 250) + bytes(126)) == {}


@given(st.binary(max_size=300))
def test_any_bytes_end(data: bytes) -> None:
    """No bytes make it do anything but end."""
    for read, given_ in ((in_block, MAGIC + data), (in_inode, bytes(128) + struct.pack("<H", 4) + b"\0\0" + MAGIC + data)):
        try:
            read(given_)
        except FormatError:
            continue
