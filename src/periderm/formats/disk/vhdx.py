"""VHDX: fixed and dynamic disks. Those that only hold differences are refused, and a log is not replayed.

Source: Microsoft 'VHDX Format Specification', version 1.00; everything is little-endian.
"""

from __future__ import annotations

import struct

from periderm.formats.disk.pieces import Disk, Remembered, pieces
from periderm.formats.disk.reading import Read, crc32c, exactly
from periderm.model.errors import FormatError

MAGIC = b"vhdxfile"
_KIB, _MIB = 1 << 10, 1 << 20
_HEADERS = (64 * _KIB, 128 * _KIB)
_REGIONS = (192 * _KIB, 256 * _KIB)
_BAT = bytes.fromhex("6677c22d23f600429d64115e9bfd4a08")  # GUIDs as they lie in the file
_METADATA = bytes.fromhex("06a27c8b90479a4bb8fe575f050f886e")
_PARAMETERS = bytes.fromhex("3767a1ca36fa434db3b633f0aa44e76b")
_SIZE = bytes.fromhex("2442a52f1bcd7648b2115dbed83bf4b8")
_SECTOR = bytes.fromhex("1dbf41816fa90947ba47f233a8faab5f")
_PRESENT, _PARTLY = 6, 7
_HAS_PARENT = 2
_ENTRIES = 8_192  # entries of the allocation table that are held at once
_TABLE = _ENTRIES * 8
_WHERE = "VHDX"


def open_disk(read: Read) -> Disk:
    """The virtual disk. Raises FormatError."""
    if read(0, 8) != MAGIC:
        raise FormatError("this is no VHDX file.", where=_WHERE)
    header = _header(read)
    regions = _regions(read)
    if _BAT not in regions or _METADATA not in regions:
        raise FormatError("its regions are damaged.", where=_WHERE)
    size, block, sector = _metadata(read, *regions[_METADATA])
    if not _MIB <= block <= 256 * _MIB or block & (block - 1) or sector not in (512, 4096) or size > 64 << 40:
        raise FormatError(f"blocks of {block} bytes are not possible.", where=_WHERE)
    at, length = regions[_BAT]
    ratio = (sector << 23) // block  # after so many blocks stands an entry that only matters to differencing disks
    blocks = -(-size // block)
    if (blocks + (blocks - 1) // ratio) * 8 > length:
        raise FormatError("its table is shorter than its disk.", where=_WHERE)
    tables = Remembered(lambda first: exactly(read, at + first, min(_TABLE, length - first), _WHERE))

    def locate(number: int) -> int | None:
        which, slot = divmod(number + number // ratio, _ENTRIES)
        (entry,) = struct.unpack_from("<Q", tables(which * _TABLE), slot * 8)
        state = entry & 7
        if state == _PARTLY:
            raise FormatError("it only holds what differs from another disk.", where=_WHERE)
        return entry >> 20 << 20 if state == _PRESENT else None

    told = ("it was not closed properly, and its log was not replayed",) if any(header[48:64]) else ()
    return Disk(_WHERE, pieces(read, locate, block, size, _WHERE), size, told)


def _header(read: Read) -> bytes:
    """The newer of two headers whose checksums hold."""
    found = []
    for at in _HEADERS:
        data = exactly(read, at, 4 * _KIB, _WHERE)
        if data[:4] == b"head" and _holds(data):
            found.append(data)
    if not found:
        raise FormatError("both of its headers are damaged.", where=_WHERE)
    return max(found, key=lambda data: int.from_bytes(data[8:16], "little"))


def _regions(read: Read) -> dict[bytes, tuple[int, int]]:
    for at in _REGIONS:
        data = exactly(read, at, 64 * _KIB, _WHERE)
        if data[:4] != b"regi" or not _holds(data):
            continue
        count = min(int.from_bytes(data[8:12], "little"), 2047)
        found = {}
        for n in range(count):
            guid, offset, length = struct.unpack_from("<16sQI", data, 16 + 32 * n)
            found[guid] = (offset, length)
        return found
    raise FormatError("both of its region tables are damaged.", where=_WHERE)


def _metadata(read: Read, at: int, length: int) -> tuple[int, int, int]:
    """(size of the disk, size of a block, size of a sector)."""
    data = exactly(read, at, min(length, 64 * _KIB), _WHERE)
    if data[:8] != b"metadata" or len(data) < 64 * _KIB:
        raise FormatError("its metadata are damaged.", where=_WHERE)
    values: dict[bytes, bytes] = {}
    for n in range(min(int.from_bytes(data[10:12], "little"), 2047)):
        guid, offset, size = struct.unpack_from("<16sII", data, 32 + 32 * n)
        if guid in (_PARAMETERS, _SIZE, _SECTOR) and 4 <= size <= 64 and offset + size <= length:
            values[guid] = exactly(read, at + offset, size, _WHERE)
    if len(values) < 3 or len(values[_PARAMETERS]) < 8 or len(values[_SIZE]) < 8:
        raise FormatError("its metadata are damaged.", where=_WHERE)
    block, flags = struct.unpack_from("<II", values[_PARAMETERS])
    if flags & _HAS_PARENT:
        raise FormatError("it only holds what differs from another disk.", "Make a whole one: qemu-img convert.", where=_WHERE)
    return int.from_bytes(values[_SIZE][:8], "little"), block, int.from_bytes(values[_SECTOR][:4], "little")


def _holds(data: bytes) -> bool:
    """Whether a checksum at offset 4 holds."""
    return crc32c(data[:4] + bytes(4) + data[8:]) ^ 0xFFFFFFFF == int.from_bytes(data[4:8], "little")
