"""The entries of ext2, ext3 and ext4 folders, block by block. Hash indexes are not needed to list a folder.

Source: Linux Documentation/filesystems/ext4/directory.rst, ext2_fs.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from periderm.model.errors import FormatError


def entries(block: bytes, where: str) -> Iterator[tuple[bytes, int]]:
    """The entries of one block of a folder. Index blocks of a hashed folder look like one empty entry."""
    at, end = 0, len(block)
    while at + 8 <= end:
        number, length, size = struct.unpack_from("<IHB", block, at)
        if end > 32768 and length in (0, 0xFFFF):
            length = 65536
        if length < 8 or length % 4 or at + length > end or 8 + size > length:
            raise FormatError("an entry of the folder is damaged.", where=where)
        if number:
            name = block[at + 8 : at + 8 + size]
            if name not in (b".", b".."):
                yield name, number
        at += length
