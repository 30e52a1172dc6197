"""The table of contents of a zip file, and single members of it, read with limits. Extracts nothing to anywhere.

Only the central directory is walked, so that an archive of a thousand classes costs little. Members that overlap, lie
outside the file or inflate to more than was allowed are refused. Source: PKWARE APPNOTE 6.3.10.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from periderm.model.errors import FormatError, LimitError

MOST_ENTRIES = 250_000
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_FULL = 0xFFFFFFFF


class Member(NamedTuple):
    """One entry. `offset` is that of its local header in the file; `method` 0 is stored, 8 deflated."""

    name: str
    method: int
    packed: int
    size: int
    offset: int
    encrypted: bool


def members(data: memoryview, where: str) -> list[Member]:
    """All entries, in the order of the directory. Raises FormatError, LimitError."""
    at, count, size, offset = _end(data, where)
    if count > MOST_ENTRIES:
        raise LimitError(f"the archive has {count} entries; {MOST_ENTRIES} is the most that is read.", where=where)
    start = at - size
    shift = start - offset  # what stands before the archive: a shell script, say
    if start < 0 or shift < 0:
        raise FormatError("the archive's directory lies outside of it.", where=where)
    found = []
    for _ in range(count):
        member, start = _entry(data, start, at, shift, where)
        found.append(member)
    _apart(found, at - size, where)
    return found


def _end(data: memoryview, where: str) -> tuple[int, int, int, int]:
    """(where the directory ends, number of entries, its size, its offset) out of the end record."""
    tail = bytes(data[-65_557:])
    at = _end_at(tail)
    if at < 0:
        raise FormatError("it is no zip archive.", where=where)
    position = len(data) - len(tail) + at
    _, _, _, _, count, size, offset, _ = _END.unpack_from(tail, at)
    if (count == 0xFFFF or _FULL in (size, offset)) and position >= _LOCATOR.size:
        mark, _, place, _ = _LOCATOR.unpack_from(data, position - _LOCATOR.size)
        if mark == b"PK\x06\x07" and place + _END64.size <= position:
            record = _END64.unpack_from(data, place)
            if record[0] == b"PK\x06\x06":
                return place, record[7], record[8], record[9]
    return position, count, size, offset


def _end_at(tail: bytes) -> int:
    """The last end record whose comment goes exactly to the end, for what a comment pretends is none; else the last
    (something was put behind the archive). -1 without one."""
    last, at = -1, len(tail)
    for _ in range(64):
        at = tail.rfind(b"PK\x05\x06", 0, at)
        if at < 0:
            break
        if len(tail) - at >= _END.size:
            last = max(last, at)
            if at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
                return at
    return last


def _entry(data: memoryview, start: int, end: int, shift: int, where: str) -> tuple[Member, int]:
    if start + _ENTRY.size > end:
        raise FormatError("the archive's directory is cut off.", where=where)
    head = _ENTRY.unpack_from(data, start)
    name_at = start + _ENTRY.size
    extra_at = name_at + head[10]
    following = extra_at + head[11] + head[12]
    if head[0] != b"PK\x01\x02" or following > end:
        raise FormatError("the archive's directory is damaged.", where=where)
    packed, size, offset = head[8], head[9], head[16]
    if _FULL in (packed, size, offset):
        packed, size, offset = _wide(bytes(data[extra_at : extra_at + head[11]]), packed, size, offset)
    name = bytes(data[name_at:extra_at]).decode("utf-8", "replace")
    return Member(name, head[4], packed, size, offset + shift, bool(head[3] & 1)), following


def _wide(extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int, int]:
    """The 64-bit numbers of extra field 1 for those that did not fit."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            values = [v[0] for v in struct.iter_unpack("<Q", extra[at + 4 : at + 4 + length // 8 * 8])]
            size = values.pop(0) if size == _FULL and values else size
            packed = values.pop(0) if packed == _FULL and values else packed
            offset = values.pop(0) if offset == _FULL and values else offset
            break
        at += 4 + length
    return packed, size, offset


def _apart(found: list[Member], directory: int, where: str) -> None:
    """Members that share bytes are how a small archive becomes endless."""
    last = 0
    for offset, packed in sorted((m.offset, m.packed) for m in found):
        if offset < last or offset + _LOCAL.size + packed > directory:
            raise FormatError("members of the archive overlap, or lie outside of it.", where=where)
        last = offset + _LOCAL.size + packed


def content(data: memoryview, member: Member, most: int, where: str, *, head: bool = False) -> memoryview:
    """A member's bytes, at most `most`; with `head` the first `most` bytes are enough. Raises LimitError for more."""
    if member.encrypted or member.method not in (0, 8):
        raise FormatError(f"{member.name[:200]!r} is encrypted or packed in a way that is not read.", where=where)
    local = _LOCAL.unpack_from(data, member.offset)
    start = member.offset + _LOCAL.size + local[9] + local[10]
    packed = data[start : start + member.packed]
    if local[0] != b"PK\x03\x04" or len(packed) != member.packed:
        raise FormatError(f"{member.name[:200]!r} is not where the directory says.", where=where)
    if member.method == 0:
        if len(packed) > most and not head:
            raise LimitError(f"{member.name[:200]!r} has {len(packed)} bytes; {most} is the most that is read.", where=where)
        return packed[:most]
    return _inflated(packed, member, most, where, head=head)


def _inflated(packed: memoryview, member: Member, most: int, where: str, *, head: bool) -> memoryview:
    from isal import isal_zlib

    error_type: type[Exception] = isal_zlib.error  # type: ignore[assignment] # the stub calls the class an instance
    try:
        engine = isal_zlib.decompressobj(-15)
        given = engine.decompress(packed, max_length=most + 1)
    except error_type as error:
        raise FormatError(f"{member.name[:200]!r} cannot be inflated.", where=where) from error
    if len(given) > most and not head:
        raise LimitError(f"{member.name[:200]!r} inflates to more than {most} bytes.", where=where)
    return memoryview(given)[:most]
