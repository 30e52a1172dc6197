"""Extended attributes of ext4: those behind an inode and those in a block of their own. Values in inodes of their own are
left out.

Source: Linux Documentation/filesystems/ext4/attributes.rst.
"""

from __future__ import annotations

import struct

from periderm.model.errors import FormatError

_MAGIC = 0xEA020000
_ENTRY = struct.Struct("<BBHIII")  # name length, index, value offset, value inode, value size, hash


def in_inode(raw: bytes) -> dict[tuple[int, bytes], bytes]:
    """{(prefix index, name): value} of what lies behind the fields of an inode."""
    if len(raw) <= 132:
        return {}
    start = 128 + int.from_bytes(raw[128:130], "little")
    if start + 8 > len(raw) or start % 4 or raw[start : start + 4] != _MAGIC.to_bytes(4, "little"):
        return {}
    return _entries(raw, start + 4, start + 4)


def in_block(data: bytes) -> dict[tuple[int, bytes], bytes]:
    """The same of an attribute block. Raises FormatError."""
    if int.from_bytes(data[:4], "little") != _MAGIC:
        raise FormatError("this is no block of attributes.", where="ext4 attributes")
    return _entries(data, 32, 0)


def _entries(data: bytes, at: int, base: int) -> dict[tuple[int, bytes], bytes]:
    """Entries from `at` on; values count from `base`."""
    found: dict[tuple[int, bytes], bytes] = {}
    while at + 4 <= len(data) and any(data[at : at + 4]):
        if at + _ENTRY.size > len(data):
            break
        length, index, offset, inode, size, _ = _ENTRY.unpack_from(data, at)
        name = data[at + _ENTRY.size : at + _ENTRY.size + length]
        begin = base + offset
        if len(name) < length or begin + size > len(data):
            raise FormatError("an attribute lies beyond its block.", where="ext4 attributes")
        if not inode:
            found[index, name] = data[begin : begin + size]
        at += (_ENTRY.size + length + 3) & ~3
    return found
