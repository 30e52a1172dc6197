"""Whether the log of an XFS file system ends with the mark of a clean unmount. Replays nothing.

Each sector of the log begins with the number of the cycle in which it was written; the newest record is the last of the
newest cycle. Source: xfs_log_format.h.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from periderm.formats.disk.reading import Read, exactly
from periderm.model.errors import FormatError

_SECTOR = 512
_MAGIC = 0xFEEDBABE
_RECORD = struct.Struct(">IIIIQQIIII")  # magic, cycle, version, length, lsn, tail, crc, previous, operations, …
_UNMOUNT = 0x20  # oh_flags
_BACK = (256 << 10) // _SECTOR + 16  # sectors; no record is longer


def dirty(read: Read, superblock: bytes, place: Callable[[int], int]) -> bool:
    """True if changes may wait in the log. False for a log on another device, which nobody can tell. Raises FormatError."""
    start = int.from_bytes(superblock[48:56], "big")
    block = int.from_bytes(superblock[4:8], "big")
    sectors = int.from_bytes(superblock[96:100], "big") * block // _SECTOR
    if not start or not sectors:
        return False
    base = place(start)
    head = _head(read, base, sectors)
    for back in range(1, _BACK):
        at = (head - back) % sectors
        sector = exactly(read, base + at * _SECTOR, _SECTOR, "XFS log")
        if int.from_bytes(sector[:4], "big") != _MAGIC:
            continue
        return not _unmounted(read, base, sectors, at, back)
    # No record at all: a log that was never used has none, one that was zeroed neither.
    return any(exactly(read, base, _SECTOR, "XFS log"))


def _unmounted(read: Read, base: int, sectors: int, at: int, back: int) -> bool:
    sector = exactly(read, base + at * _SECTOR, _SECTOR, "XFS log")
    fields = _RECORD.unpack_from(sector)
    length = fields[3]
    headers = max(1, -(-int.from_bytes(sector[320:324], "big") // 32768)) if fields[2] & 2 else 1
    data = (at + headers) % sectors
    if fields[8] != 1 or back != headers + -(-length // _SECTOR):
        return False
    operation = exactly(read, base + data * _SECTOR, 12, "XFS log")
    return bool(operation[9] & _UNMOUNT)


def _cycle(read: Read, base: int, number: int) -> int:
    sector = exactly(read, base + number * _SECTOR, 8, "XFS log")
    first, second = struct.unpack(">II", sector)
    return int(second if first == _MAGIC else first)


def _head(read: Read, base: int, sectors: int) -> int:
    """The sector after the newest one: where the cycle number falls, found by halving."""
    first = _cycle(read, base, 0)
    if not first:
        return 0
    low, high = 0, sectors
    if _cycle(read, base, sectors - 1) == first:
        return 0  # the whole log is of one cycle: the next write begins it anew
    while low + 1 < high:
        middle = (low + high) // 2
        if _cycle(read, base, middle) == first:
            low = middle
        else:
            high = middle
    if high > sectors:
        raise FormatError("its log has no end.", where="XFS log")
    return high
