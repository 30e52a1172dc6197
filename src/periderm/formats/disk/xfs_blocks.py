"""Where the content of an XFS file lies: extent records in the inode, and B+trees of them. Reads no content.

Source: xfs_format.h (struct xfs_bmbt_rec, xfs_bmdr_block, xfs_btree_block).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from periderm.formats.disk.reading import Budget, Read, exactly
from periderm.model.errors import FormatError

Extent = tuple[int, int, int, bool]  # first block of the file, first block of the disk, blocks, reserved and not written
_RECORD = struct.Struct(">QQ")
_LEVELS = 10  # XFS_BM_MAXLEVELS is 5 to 9
_HEADERS = {b"BMAP": 24, b"BMA3": 72}  # magic: length of the header of a long-form block


def record(data: bytes, at: int) -> Extent:
    """One record: a flag, 54 bits of file offset, 52 of disk block, 21 of length."""
    if at + 16 > len(data):
        return 0, 0, 0, False
    high, low = _RECORD.unpack_from(data, at)
    return (high >> 9) & ((1 << 54) - 1), (high & 0x1FF) << 43 | low >> 21, low & 0x1FFFFF, bool(high >> 63)


def extents(data: bytes, count: int, where: str) -> Iterator[Extent]:
    """The records of an inode or a leaf, in order. Raises FormatError."""
    if count * 16 > len(data):
        raise FormatError("it holds more extents than fit.", where=where)
    end = 0
    for n in range(count):
        found = record(data, n * 16)
        if not found[2] or found[0] < end:
            raise FormatError("its extents are not in order.", where=where)
        end = found[0] + found[2]
        yield found


def tree(read: Read, root: bytes, where: str, *, block: int, place: Callable[[int], int], budget: Budget) -> Iterator[Extent]:
    """The extents below a root in the inode. Raises FormatError."""
    if len(root) < 4:
        raise FormatError("its extent tree has no root.", where=where)
    level, count = struct.unpack_from(">HH", root)
    most = (len(root) - 4) // 16
    if not 0 < level <= _LEVELS or count > most:
        raise FormatError("the root of its extent tree is damaged.", where=where)
    stack: list[tuple[int, Iterator[int]]] = [(level, _pointers(root, 4 + most * 8, count))]
    end = 0
    while stack:
        level, pointers = stack[-1]
        number = next(pointers, None)
        if number is None:
            stack.pop()
            continue
        budget.take()
        data = exactly(read, place(number), block, where)
        header = _HEADERS.get(data[:4])
        found, count = struct.unpack_from(">HH", data, 4)
        if header is None or found != level - 1:
            raise FormatError("a block of its extent tree is damaged.", where=where)
        if found:
            most = (block - header) // 16
            if count > most:
                raise FormatError("a block of its extent tree holds more than fits.", where=where)
            stack.append((found, _pointers(data, header + most * 8, count)))
            continue
        for extent in extents(data[header:], count, where):
            if extent[0] < end:
                raise FormatError("its extents overlap.", where=where)
            end = extent[0] + extent[2]
            yield extent


def _pointers(data: bytes, at: int, count: int) -> Iterator[int]:
    return iter(struct.unpack_from(f">{count}Q", data, at))
