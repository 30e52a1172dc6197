"""The entries of XFS folders: short ones in the inode, and data blocks. Hash indexes are not needed to list a folder.

Source: xfs_da_format.h, 'Directory version 2'.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from periderm.model.errors import FormatError

INDEX = 1 << 35  # bytes; where the index of a folder begins in its address space (XFS_DIR2_LEAF_OFFSET)
_HEADERS = {b"XD2B": 16, b"XD2D": 16, b"XDB3": 64, b"XDD3": 64}
_SINGLE = (b"XD2B", b"XDB3")  # these end with an index of their own
_FREE = 0xFFFF


def short(data: bytes, types: bool, where: str) -> Iterator[tuple[bytes, int]]:
    """The entries of a folder that lies in its inode; `types` says whether entries tell what they are."""
    if len(data) < 6:
        raise FormatError("the folder is damaged.", where=where)
    count, large = data[0], data[1]
    width = 8 if large else 4
    at = 2 + width
    for _ in range(count):
        size = data[at] if at < len(data) else 0
        end = at + 3 + size + types
        if not size or end + width > len(data):
            raise FormatError("an entry of the folder is damaged.", where=where)
        yield data[at + 3 : at + 3 + size], int.from_bytes(data[end : end + width], "big")
        at = end + width


def block(data: bytes, types: bool, where: str) -> Iterator[tuple[bytes, int]]:
    """The entries of one block of a folder, without '.' and '..'."""
    start = _HEADERS.get(data[:4])
    if start is None:
        raise FormatError("a block of the folder is damaged.", where=where)
    end = len(data)
    if data[:4] in _SINGLE:
        (count,) = struct.unpack_from(">I", data, end - 8)
        end -= 8 + count * 8
    at = start
    while at + 8 <= end:
        if int.from_bytes(data[at : at + 2], "big") == _FREE:
            length = int.from_bytes(data[at + 2 : at + 4], "big")
            if length < 8 or length % 8:
                raise FormatError("free space of the folder is damaged.", where=where)
            at += length
            continue
        if at + 12 > end:
            raise FormatError("an entry of the folder is damaged.", where=where)
        (number, size) = struct.unpack_from(">QB", data, at)
        length = (8 + 1 + size + types + 2 + 7) & ~7
        if not size or at + length > end:
            raise FormatError("an entry of the folder is damaged.", where=where)
        name = data[at + 9 : at + 9 + size]
        if name not in (b".", b".."):
            yield name, number
        at += length
