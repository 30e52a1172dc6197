"""Extended attributes of XFS that are damaged; whole ones are read from real file systems in test_xfs."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.xfs_attributes import SECURE, leaf, short
from periderm.model.errors import FormatError


def test_short_attributes() -> None:
    """Names and values behind each other; what does not fit is damage."""
    assert short(b"\0\0\x01\0" + bytes([3, 2, SECURE]) + b"capXY", "x") == {(SECURE, b"cap"): b"XY"}
    assert short(b"", "x") == {}
    for data in (b"\0\0\x02\0" + bytes([3, 2, 0]) + b"capXY", b"\0\0\x01\0" + bytes([30, 2, 0]) + b"capXY"):
        with pytest.raises(FormatError, match="damaged"):
            short(data, "x")


def block(at: int, flags: int, count: int = 1) -> bytes:
    """A leaf of version 4."""
    data = bytearray(512)
    data[8:10] = b"\xfb\xee"
    data[12:14] = struct.pack(">H", count)
    data[32:40] = struct.pack(">IHBB", 0, at, flags, 0)
    data[400:408] = struct.pack(">HB", 2, 3) + b"capXY"
    return bytes(data)


def test_leaves() -> None:
    """Local values are read; remote and unfinished ones left out; other blocks give nothing; damage is told."""
    assert leaf(block(400, 1 | SECURE), "x") == {(SECURE, b"cap"): b"XY"}
    assert leaf(block(400, SECURE), "x") == leaf(block(400, 0x81), "x") == leaf(bytes(512), "x") == {}
    for data in (block(510, 1), block(400, 1, 900), block(505, 1)[:505] + b"\xff\xff\x01" + bytes(4)):
        with pytest.raises(FormatError):
            leaf(data, "x")


@given(st.binary(max_size=200))
def test_any_bytes_end(data: bytes) -> None:
    """No bytes make it do anything but end."""
    for read in (lambda: short(data, "x"), lambda: leaf(bytes(8) + b"\x3b\xee" + data.ljust(90, b"\1"), "x")):
        try:
            read()
        except FormatError:
            continue
