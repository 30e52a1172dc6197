"""Folders of XFS that are damaged; whole ones are read from real file systems in test_xfs."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.xfs_folders import block, short
from periderm.model.errors import FormatError


def entry(number: int, name: bytes) -> bytes:
    """struct xfs_dir2_data_entry with a type."""
    return (struct.pack(">QB", number, len(name)) + name + b"\x01").ljust(((12 + len(name) + 7) & ~7) - 2, b"\0") + b"\0\0"


def test_entries_and_free_space() -> None:
    """Free space between entries is skipped, '.' and '..' are left out, and an index at the end is no entry."""
    body = entry(5, b".") + entry(4, b"..") + struct.pack(">HH", 0xFFFF, 32) + bytes(28) + entry(9, b"name")
    index = bytes(16) + struct.pack(">II", 2, 0)
    free = 512 - 64 - len(body) - len(index)
    data = b"XDB3" + bytes(60) + body + struct.pack(">HH", 0xFFFF, free) + bytes(free - 4) + index
    assert list(block(data, True, "x")) == [(b"name", 9)]


@pytest.mark.parametrize(
    "data",
    [
        b"XXXX" + bytes(60),
        b"XD2D" + bytes(12) + struct.pack(">HH", 0xFFFF, 0) + bytes(28),
        b"XD2D" + bytes(12) + struct.pack(">QB", 1, 200) + bytes(20),
        b"XD2D" + bytes(12) + struct.pack(">QB", 1, 0) + bytes(20),
    ],
)
def test_damaged_blocks(data: bytes) -> None:
    """Other blocks, free space without a length, names that do not fit: damage."""
    with pytest.raises(FormatError):
        list(block(data, False, "x"))


def test_short_folders() -> None:
    """Small and large inode numbers; what does not fit is damage."""
    name = struct.pack(">B", 1) + b"\0\0" + b"a" + b"\x02"
    assert list(short(b"\x01\x00" + bytes(4) + name + struct.pack(">I", 7), True, "x")) == [(b"a", 7)]
    assert list(short(b"\x01\x01" + bytes(8) + name + struct.pack(">Q", 1 << 40), True, "x")) == [(b"a", 1 << 40)]
    for data in (b"", b"\x05\x00" + bytes(4) + name):
        with pytest.raises(FormatError):
            list(short(data, True, "x"))


@given(st.binary(max_size=200), st.booleans(), st.sampled_from([b"XD2B", b"XD2D", b"XDB3", b"XDD3"]))
def test_any_bytes_end(data: bytes, types: bool, magic: bytes) -> None:
    """No bytes make it do anything but end."""
    for read in (lambda: short(data, types, "x"), lambda: block((magic + data).ljust(80, b"\0"), types, "x")):
        try:
            list(read())
        except FormatError:
            continue
