"""Where the content of an ext2, ext3 or ext4 file lies: extent trees and block maps. Reads no content.

Sources: Linux Documentation/filesystems/ext4 (ifork, blockmap), ext3_extents.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from periderm.formats.disk.reading import Budget, Read, Run, crc32c, exactly
from periderm.model.errors import FormatError

_EXTENTS = 0x80000
_MAGIC = 0xF30A
_DEPTH = 5
_WRITTEN = 0x8000  # longer extents are reserved and read as zeros
_DIRECT = 12


class Space(NamedTuple):
    """The volume: how it is read, the size of a block, how many there are, and how many blocks of maps may be read."""

    read: Read
    block: int
    blocks: int
    budget: Budget


def near(raw: bytes, flags: int) -> int:
    """A block near the content of an inode, without reading any other."""
    if not flags & _EXTENTS:
        return int.from_bytes(raw[40:44], "little")
    depth, low, high = int.from_bytes(raw[46:48], "little"), raw[60:64], raw[58:60]
    if depth:
        low, high = raw[56:60], raw[60:62]
    return int.from_bytes(low, "little") | int.from_bytes(high, "little") << 32


def extents(space: Space, root: bytes, where: str, seed: int | None = None) -> Iterator[Run]:
    """The extents below the 60 bytes in the inode, in order. `seed` begins the checksums where there are any."""
    read, block, blocks, budget = space
    low = 0
    depth = int.from_bytes(root[6:8], "little")
    if depth > _DEPTH:
        raise FormatError(f"an extent tree of depth {depth} is not possible.", where=where)
    stack = [_node(root, depth, where)]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
            continue
        first, length, at = item
        if first < low:
            raise FormatError("its extents go back.", where=where)
        level = depth - len(stack)
        if length:
            zeros = length > _WRITTEN
            length -= _WRITTEN if zeros else 0
            if not zeros and at + length > blocks:
                raise FormatError("an extent lies beyond the end of the disk.", where=where)
            low = first + length
            yield Run(first * block, -1 if zeros else at * block, length * block)
            continue
        budget.take()
        if at >= blocks:
            raise FormatError("its extent tree lies beyond the end of the disk.", where=where)
        data = exactly(read, at * block, block, where)
        if seed is not None:
            _verify(data, seed, where)
        if int.from_bytes(data[6:8], "little") != level:
            raise FormatError("its extent tree has a wrong depth.", where=where)
        stack.append(_node(data, level, where))


def _node(data: bytes, depth: int, where: str) -> Iterator[tuple[int, int, int]]:
    """(logical block, length, physical block) of one node; length 0 for what leads to another node."""
    magic, count, most = struct.unpack_from("<HHH", data)
    if magic != _MAGIC:
        raise FormatError("its extent tree is damaged.", where=where)
    if count > most or 12 + 12 * most > len(data):
        raise FormatError("a node of its extent tree holds more than fits.", where=where)
    before = -1
    for n in range(count):
        if depth:
            first, low, high = struct.unpack_from("<IIH", data, 12 + 12 * n)
            length = 0
        else:
            first, length, high, low = struct.unpack_from("<IHHI", data, 12 + 12 * n)
            if not length:
                raise FormatError("an extent has no length.", where=where)
        if first <= before:
            raise FormatError("its extent tree is not in order.", where=where)
        before = first
        yield first, length, high << 32 | low


def _verify(data: bytes, seed: int, where: str) -> None:
    """The checksum lies after the last entry that could be there."""
    end = 12 + 12 * int.from_bytes(data[4:6], "little")
    if end + 4 > len(data) or crc32c(data[:end], seed) != int.from_bytes(data[end : end + 4], "little"):
        raise FormatError("a checksum of its extent tree does not hold.", where=where)


def indirect(space: Space, root: bytes, wanted: int, where: str) -> Iterator[Run]:
    """The first `wanted` blocks of a file whose inode holds 12 direct numbers and three that lead to more."""
    numbers = struct.unpack("<15I", root)
    per = space.block // 4
    done = 0
    for number in numbers[:_DIRECT]:
        if done >= wanted:
            return
        if number:
            yield _one(done, number, space, where)
        done += 1
    for level, number in enumerate(numbers[_DIRECT:], start=1):
        if done >= wanted:
            return
        if number:
            yield from _below(space, number, where, level=level, first=done, wanted=wanted)
        done += per**level
    if done < wanted:
        raise FormatError("it is longer than a block map can be.", where=where)


def _below(space: Space, number: int, where: str, *, level: int, first: int, wanted: int) -> Iterator[Run]:
    read, block, blocks, budget = space
    budget.take()
    if number >= blocks:
        raise FormatError("its block map lies beyond the end of the disk.", where=where)
    per = block // 4
    each = per ** (level - 1)
    for slot, below in enumerate(struct.unpack(f"<{per}I", exactly(read, number * block, block, where))):
        at = first + slot * each
        if at >= wanted:
            return
        if not below:
            continue
        if level == 1:
            yield _one(at, below, space, where)
        else:
            yield from _below(space, below, where, level=level - 1, first=at, wanted=wanted)


def _one(logical: int, number: int, space: Space, where: str) -> Run:
    block = space.block
    if number >= space.blocks:
        raise FormatError("a block lies beyond the end of the disk.", where=where)
    return Run(logical * block, number * block, block)
