"""Walks the directory of a zip archive over a buffer and inflates one entry at a time. Keeps no list, follows no path,
unpacks nothing to disk.

Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16 (zip64) and 4.5.3. The standard library's reader
makes an object for every entry before the first can be read, which costs hundreds of MiB for a feed of 200,000 files.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec
from isal import isal_zlib

from periderm.model.errors import FormatError, LimitError

MOST_ENTRIES = 5_000_000
_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1
_UTF8 = 0x800
_ERROR: type[Exception] = isal_zlib.error  # type: ignore[assignment] # the stub calls the class an instance
_DAMAGED = "The archive is damaged or was cut; fetch it again."


class Entry(msgspec.Struct, frozen=True):
    """One file of the archive, not yet read. `size` is what the directory claims."""

    name: str
    method: int
    flags: int
    packed: int
    size: int
    crc: int
    offset: int


def entries(data: memoryview, *, where: str = "") -> Iterator[Entry]:
    """The entries in the directory's order, folders left out. Raises FormatError."""
    count, start, size = _directory(data, where)
    if count > MOST_ENTRIES:
        raise LimitError(f"it says that it has {count} entries.", where=where)
    at, end = start, start + size
    for _ in range(count):
        if at + _CENTRAL.size > end:
            raise FormatError("the directory ends too early.", _DAMAGED, where=where)
        fields = _CENTRAL.unpack_from(data, at)
        if fields[0] != b"PK\1\2":
            raise FormatError("the directory is damaged.", _DAMAGED, where=where)
        name_size, extra_size, note_size = fields[10:13]
        name_at = at + _CENTRAL.size
        extra_at = name_at + name_size
        at = extra_at + extra_size + note_size
        if at > end:
            raise FormatError("the directory ends too early.", _DAMAGED, where=where)
        name = bytes(data[name_at:extra_at]).decode("utf-8" if fields[3] & _UTF8 else "cp437", "replace")
        packed, whole, offset = _large(data[extra_at : extra_at + extra_size], fields[8], fields[9], fields[16])
        if not name.endswith("/"):
            yield Entry(name, fields[4], fields[3], packed, whole, fields[7], offset)


def read(data: memoryview, entry: Entry, *, most: int, where: str = "") -> bytes:
    """The entry's bytes. Raises FormatError for damage, LimitError beyond `most`."""
    place = f"{where}:{entry.name}" if where else entry.name
    if entry.size > most:
        raise LimitError(f"it inflates to more than {most} bytes.", where=place)
    if entry.flags & _ENCRYPTED or entry.method not in (_STORED, _DEFLATED):
        raise FormatError("it is encrypted or packed in a way that feeds do not use.", where=place)
    if entry.offset + _LOCAL.size > len(data):
        raise FormatError("it lies outside the archive.", _DAMAGED, where=place)
    local = _LOCAL.unpack_from(data, entry.offset)
    begin = entry.offset + _LOCAL.size + local[9] + local[10]
    packed = data[begin : begin + entry.packed]
    if local[0] != b"PK\3\4" or len(packed) != entry.packed:
        raise FormatError("it lies outside the archive.", _DAMAGED, where=place)
    content = bytes(packed) if entry.method == _STORED else _inflate(packed, most, place)
    if len(content) != entry.size or isal_zlib.crc32(content) != entry.crc:
        raise FormatError("its content is not what the directory says.", _DAMAGED, where=place)
    return content


def _inflate(packed: memoryview, most: int, where: str) -> bytes:
    engine = isal_zlib.decompressobj(-15)
    try:
        content = engine.decompress(packed, most + 1)
    except _ERROR as error:
        raise FormatError(f"it is damaged ({error}).", _DAMAGED, where=where) from None
    if len(content) > most:
        raise LimitError(f"it inflates to more than {most} bytes.", where=where)
    return content


def _directory(data: memoryview, where: str) -> tuple[int, int, int]:
    """(number of entries, offset, size) of the central directory."""
    tail = bytes(data[max(0, len(data) - _END.size - 65_535) :])
    found = tail.rfind(b"PK\5\6")
    if found < 0 or found + _END.size > len(tail):
        raise FormatError("this is no zip archive, or it was cut.", _DAMAGED, where=where)
    end_at = len(data) - len(tail) + found
    fields = _END.unpack_from(data, end_at)
    count, size, start = fields[4], fields[5], fields[6]
    if count == 0xFFFF or 0xFFFFFFFF in (size, start):
        count, start, size = _directory64(data, end_at, (count, start, size), where)
    if start + size > len(data):
        raise FormatError("its directory lies outside the archive.", _DAMAGED, where=where)
    return count, start, size


def _directory64(data: memoryview, end_at: int, plain: tuple[int, int, int], where: str) -> tuple[int, int, int]:
    place_at = end_at - _END64_PLACE.size
    if place_at < 0 or bytes(data[place_at : place_at + 4]) != b"PK\6\7":
        return plain  # exactly 65,535 entries need no zip64
    at = _END64_PLACE.unpack_from(data, place_at)[2]
    if at + _END64.size > len(data):
        raise FormatError("its directory lies outside the archive.", _DAMAGED, where=where)
    fields = _END64.unpack_from(data, at)
    if fields[0] != b"PK\6\6":
        raise FormatError("its directory is damaged.", _DAMAGED, where=where)
    return fields[7], fields[9], fields[8]


def _large(extra: memoryview, packed: int, size: int, offset: int) -> tuple[int, int, int]:
    """The three numbers, from the zip64 field where the plain ones are full."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4))
            size = next(values, size) if size == 0xFFFFFFFF else size
            packed = next(values, packed) if packed == 0xFFFFFFFF else packed
            offset = next(values, offset) if offset == 0xFFFFFFFF else offset
            break
        at += 4 + length
    return packed, size, offset
