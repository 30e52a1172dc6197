"""VMDK: sparse and stream-optimised disks that are one file. Disks of several files, and parents, are refused.

Sources: VMware 'Virtual Disk Format 5.0'; the header as in QEMU's block driver.
"""

from __future__ import annotations

import struct
import zlib

from periderm.formats.disk.pieces import Disk, Remembered, pieces, table
from periderm.formats.disk.reading import Read, exactly
from periderm.model.errors import FormatError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

MAGIC = b"KDMV"
DESCRIPTOR = b"# Disk DescriptorFile"
_HEADER = struct.Struct("<4sIIQQQQIQQQ5sH")
_AT_END = 0xFFFFFFFFFFFFFFFF
_ZERO_GRAINS, _COMPRESSED = 1 << 2, 1 << 16
_SECTOR = 512
_TABLES = 256
_WHERE = "VMDK"


def open_disk(read: Read, size: int, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> Disk:
    """The virtual disk in a file of `size` bytes. Raises FormatError."""
    head = exactly(read, 0, _SECTOR, _WHERE)
    if head.startswith(DESCRIPTOR):
        raise FormatError(
            "it only describes other files, which hold the disk.",
            "Give the raw file beside it (…-flat.vmdk), or make one file: qemu-img convert.",
            where=_WHERE,
        )
    if _HEADER.unpack_from(head)[9] == _AT_END:
        head = exactly(read, size - 1024, _SECTOR, _WHERE)  # a stream's header that counts is its footer
    magic, version, flags, sectors, grain, described, length, entries, _, top, _, _, method = _HEADER.unpack_from(head)
    if magic != MAGIC or not 1 <= version <= 3:
        raise FormatError(f"version {version} is not read here.", where=_WHERE)
    if not 1 <= grain <= limits.cluster // _SECTOR or grain & (grain - 1) or not 1 <= entries <= 65_536:
        raise FormatError(f"grains of {grain} sectors are not possible.", where=_WHERE)
    if described and length:
        text = read(described * _SECTOR, min(length * _SECTOR, 65_536))
        if b"parentCID=ffffffff" not in text.lower().replace(b"parentcid", b"parentCID"):
            raise FormatError(
                "it only holds what differs from another disk.", "Make a whole one: qemu-img convert.", where=_WHERE
            )
    if flags & _COMPRESSED and method != 1:
        raise FormatError(f"its compression is not known ({method}).", where=_WHERE)
    tables = -(-sectors // (grain * entries))
    first = struct.unpack(f"<{tables}I", table(read, top * _SECTOR, tables * 4, limits.tables, _WHERE))
    second = Remembered(lambda at: exactly(read, at, entries * 4, _WHERE), _TABLES)
    inflated = Remembered(lambda at: _inflate(read, at, grain * _SECTOR))

    def locate(number: int) -> int | bytes | None:
        which, slot = divmod(number, entries)
        if not first[which]:
            return None
        at = int.from_bytes(second(first[which] * _SECTOR)[slot * 4 : slot * 4 + 4], "little")
        if not at or (at == 1 and flags & _ZERO_GRAINS):
            return None
        return inflated(at * _SECTOR) if flags & _COMPRESSED else at * _SECTOR

    whole = sectors * _SECTOR
    return Disk(_WHERE, pieces(read, locate, grain * _SECTOR, whole, _WHERE), whole)


def _inflate(read: Read, at: int, grain: int) -> bytes:
    """One compressed grain: its first sector, its length, and a zlib stream."""
    (length,) = struct.unpack_from("<I", exactly(read, at, 12, _WHERE), 8)
    if length > 2 * grain + 4096:
        raise FormatError(f"a compressed grain of {length} bytes is not possible.", where=_WHERE)
    try:
        out = zlib.decompressobj().decompress(exactly(read, at + 12, length, _WHERE), grain)
    except zlib.error as error:
        raise FormatError(f"a compressed grain is damaged ({error}).", where=_WHERE) from None
    return out + bytes(grain - len(out))  # the last grain of a disk may be shorter
