"""Extended attributes of XFS: those in the inode and those in leaf blocks. Values in blocks of their own are left out.

Source: xfs_da_format.h, 'Attribute storage layout'.
"""

from __future__ import annotations

import struct

from periderm.model.errors import FormatError

SECURE = 4  # XFS_ATTR_SECURE: the prefix 'security.'
_LOCAL, _INCOMPLETE = 1, 0x80
_PREFIXES = 6
_LEAVES = {0xFBEE: (12, 32), 0x3BEE: (56, 80)}  # magic: (offset of the count, length of the header)


def short(data: bytes, where: str) -> dict[tuple[int, bytes], bytes]:
    """{(prefix flags, name): value} of attributes in an inode."""
    found: dict[tuple[int, bytes], bytes] = {}
    if len(data) < 4:
        return found
    at = 4
    for _ in range(data[2]):
        if at + 3 > len(data):
            raise FormatError("its attributes are damaged.", where=where)
        name, value, flags = data[at : at + 3]
        middle = at + 3 + name
        end = middle + value
        if end > len(data):
            raise FormatError("its attributes are damaged.", where=where)
        found[flags & _PREFIXES, data[at + 3 : middle]] = data[middle:end]
        at = end
    return found


def leaf(data: bytes, where: str) -> dict[tuple[int, bytes], bytes]:
    """The same of one block of the attribute fork; nothing for blocks that only lead to others."""
    found: dict[tuple[int, bytes], bytes] = {}
    layout = _LEAVES.get(int.from_bytes(data[8:10], "big"))
    if layout is None:
        return found
    (count,) = struct.unpack_from(">H", data, layout[0])
    if layout[1] + count * 8 > len(data):
        raise FormatError("its attributes are damaged.", where=where)
    for n in range(count):
        _, at, flags = struct.unpack_from(">IHB", data, layout[1] + n * 8)
        if not flags & _LOCAL or flags & _INCOMPLETE:
            continue
        if at + 3 > len(data):
            raise FormatError("an attribute lies beyond its block.", where=where)
        size, name = struct.unpack_from(">HB", data, at)
        middle = at + 3 + name
        if middle + size > len(data):
            raise FormatError("an attribute lies beyond its block.", where=where)
        found[flags & _PREFIXES, data[at + 3 : middle]] = data[middle : middle + size]
    return found
