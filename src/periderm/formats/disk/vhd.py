"""VHD: fixed and dynamic disks. Those that only hold differences are refused.

Source: Microsoft 'Virtual Hard Disk Image Format Specification', version 1.0; everything is big-endian.
"""

from __future__ import annotations

import struct

from periderm.formats.disk.pieces import Disk, pieces, table
from periderm.formats.disk.reading import Read, exactly, part
from periderm.model.errors import FormatError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

MAGIC = b"conectix"
_FIXED, _DYNAMIC = 2, 3
_NOWHERE = 0xFFFFFFFF
_SECTOR = 512
_WHERE = "VHD"


def open_disk(read: Read, size: int, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> Disk:
    """The virtual disk in a file of `size` bytes. Raises FormatError."""
    foot = exactly(read, size - _SECTOR, _SECTOR, _WHERE)
    if not _holds(foot):
        foot = exactly(read, 0, _SECTOR, _WHERE)  # dynamic disks begin with a copy
        if not _holds(foot):
            raise FormatError("its footer is damaged.", where=_WHERE)
    (header,) = struct.unpack_from(">Q", foot, 16)
    (whole,) = struct.unpack_from(">Q", foot, 48)
    (kind,) = struct.unpack_from(">I", foot, 60)
    if kind == _FIXED:
        return Disk(_WHERE, part(read, 0, size - _SECTOR), size - _SECTOR)
    if kind != _DYNAMIC:
        raise FormatError("it only holds what differs from another disk.", "Make a whole one: qemu-img convert.", where=_WHERE)
    head = exactly(read, header, 1024, _WHERE)
    at, _, entries, block = struct.unpack_from(">QIII", head, 16)
    if head[:8] != b"cxsparse" or block < _SECTOR or block > limits.cluster or block & (block - 1):
        raise FormatError("its header is damaged.", where=_WHERE)
    if entries * block < whole:
        raise FormatError("its table is shorter than its disk.", where=_WHERE)
    count = -(-whole // block)
    places = struct.unpack(f">{count}I", table(read, at, count * 4, limits.tables, _WHERE))
    bitmap = -(-(block // _SECTOR // 8) // _SECTOR) * _SECTOR  # which sectors were written: the others are zeros

    def locate(number: int) -> int | None:
        place = places[number]
        return None if place == _NOWHERE else place * _SECTOR + bitmap

    return Disk(_WHERE, pieces(read, locate, block, whole, _WHERE), whole)


def _holds(foot: bytes) -> bool:
    """Whether a footer's checksum holds: the complement of the sum of its other bytes."""
    return foot[:8] == MAGIC and (~(sum(foot[:64]) + sum(foot[68:])) & 0xFFFFFFFF) == int.from_bytes(foot[64:68], "big")
