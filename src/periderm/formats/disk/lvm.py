"""LVM2: which physical volumes there are, the volume group's text, and where each logical volume lies. Reads linear and
striped volumes; names what the others are. Writes nothing, and asks no device mapper.

Sources: LVM2 lib/label, lib/format_text/layout.h, lvmsystemid-independent text of vgcfgbackup(8), lvm(8).
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Mapping, Sequence

import msgspec

from periderm.formats.disk import lvm_text
from periderm.formats.disk.reading import Read, exactly
from periderm.model.errors import FormatError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

_LABEL = struct.Struct("<8sQII8s")  # LABELONE, sector, CRC, offset of the content, type
_AREA = struct.Struct("<QQ")
_METADATA = struct.Struct("<I16sIQQ")  # CRC, magic, version, start, size
_LOCATION = struct.Struct("<QQII")  # offset, size, CRC, flags
_MAGIC = b" LVM2 x[5A%r0N*>"
_INITIAL = 0xF597A6CF
_SECTOR = 512
_IGNORED = 1
_STRIPED = ("striped", "linear")


class Physical(msgspec.Struct, frozen=True):
    """A physical volume: its UUID without dashes, and where it is read. `text` is the group's description that it carries
    ('' if it carries none)."""

    uuid: str
    read: Read
    size: int
    text: str = ""


class Segment(msgspec.Struct, frozen=True):
    """`length` bytes of a logical volume from `start` on, in stripes of `stripe` bytes over `parts`: (reader, offset)."""

    start: int
    length: int
    stripe: int
    parts: tuple[tuple[Read, int], ...]


class Volume(msgspec.Struct, frozen=True):
    """A logical volume. `why` says why it cannot be read ('' if it can)."""

    group: str
    name: str
    uuid: str
    size: int
    segments: tuple[Segment, ...] = ()
    why: str = ""


def physical(read: Read, size: int, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> Physical | None:
    """The physical volume in a partition; None if it is none. Raises FormatError if it is damaged."""
    for sector in range(4):
        data = read(sector * _SECTOR, _SECTOR)
        if data[:8] != b"LABELONE" or data[24:32] != b"LVM2 001":
            continue
        _, own, crc, offset, _ = _LABEL.unpack_from(data)
        if own != sector or _crc(data[20:]) != crc or offset > _SECTOR - 48:
            raise FormatError("the label's checksum does not hold.", where="LVM")
        uuid = data[offset : offset + 32].decode("ascii", "replace")
        areas = _areas(data, offset + 40)
        text = ""
        for start, length in areas:
            text = text or _description(read, start, length, limits)
        return Physical(uuid, read, size, text)
    return None


def _areas(data: bytes, at: int) -> list[tuple[int, int]]:
    """The metadata areas: the second of two lists that end with zeros."""
    lists: list[list[tuple[int, int]]] = [[], []]
    for found in lists:
        while at + 16 <= len(data):
            start, length = _AREA.unpack_from(data, at)
            at += 16
            if not start:
                break
            found.append((start, length))
    return lists[1]


def _description(read: Read, start: int, length: int, limits: DiskLimits) -> str:
    """The text in a metadata area, which is a ring; '' if this area is not used."""
    head = exactly(read, start, _SECTOR, "LVM")
    crc, magic, _, own, size = _METADATA.unpack_from(head)
    if magic != _MAGIC or _crc(head[4:]) != crc or own != start or size > max(length, _SECTOR) or size <= _SECTOR:
        raise FormatError("a metadata area is damaged.", where="LVM")
    offset, wanted, checksum, flags = _LOCATION.unpack_from(head, _METADATA.size)
    if not offset or flags & _IGNORED:
        return ""
    if wanted > limits.metadata or wanted > size - _SECTOR or not _SECTOR <= offset < size:
        raise FormatError(f"a description of {wanted} bytes is not possible.", where="LVM")
    first = min(wanted, size - offset)
    data = exactly(read, start + offset, first, "LVM")
    if first < wanted:
        data += exactly(read, start + _SECTOR, wanted - first, "LVM")
    if _crc(data) != checksum:
        raise FormatError("the checksum of the group's description does not hold.", where="LVM")
    return data.rstrip(b"\0").decode("utf-8", "replace")


def _crc(data: bytes) -> int:
    """CRC-32 with LVM's own beginning and without the last inversion."""
    return zlib.crc32(data, _INITIAL ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def volumes(disks: Sequence[Physical], limits: DiskLimits = DEFAULT_DISK_LIMITS) -> list[Volume]:
    """The logical volumes of all groups that these physical volumes describe, those that people see. Of several descriptions
    of one group the newest counts. Raises FormatError."""
    newest: dict[str, tuple[int, str, lvm_text.Section]] = {}
    for disk in disks:
        if not disk.text:
            continue
        for name, group in lvm_text.parse(disk.text).items():
            if isinstance(group, dict):
                uuid, number = lvm_text.text(group, "id"), lvm_text.number(group, "seqno")
                if uuid not in newest or newest[uuid][0] < number:
                    newest[uuid] = (number, name, group)
    found: list[Volume] = []
    for _, name, group in newest.values():
        found += _volumes(name, group, disks, limits)
    if len(found) > limits.volumes:
        raise FormatError(f"there are more than {limits.volumes} logical volumes.", where="LVM")
    return found


def _volumes(name: str, group: lvm_text.Section, disks: Sequence[Physical], limits: DiskLimits) -> list[Volume]:
    extent = lvm_text.number(group, "extent_size") * _SECTOR
    if extent <= 0:
        raise FormatError("extents have no size.", where=f"LVM group {name}")
    here = {disk.uuid: disk for disk in disks}
    places: dict[str, tuple[Physical | None, int]] = {}
    for key, told in lvm_text.sections(group, "physical_volumes"):
        places[key] = (here.get(lvm_text.text(told, "id").replace("-", "")), lvm_text.number(told, "pe_start") * _SECTOR)
    logical = lvm_text.sections(group, "logical_volumes")
    stores = {lvm_text.text(part, "cow_store") for _, told in logical for _, part in lvm_text.sections(told, "")}
    found = []
    for key, told in logical[: limits.volumes + 1]:
        if "VISIBLE" not in lvm_text.words(told, "status"):
            continue
        segments: list[Segment] = []
        why = "it keeps the changes of a snapshot" if key in stores else ""
        for _, part in lvm_text.sections(told, "segment"):
            try:
                segments.append(_segment(part, extent, places))
            except FormatError as error:
                why = why or error.what
        segments.sort(key=lambda segment: segment.start)
        size = segments[-1].start + segments[-1].length if segments else 0
        if any(a.start + a.length != b.start for a, b in itertools.pairwise(segments)) and not why:
            why = "its parts leave a gap or overlap."
        found.append(Volume(name, key, lvm_text.text(told, "id"), size, tuple(segments), why))
    return found


def _segment(part: lvm_text.Section, extent: int, places: Mapping[str, tuple[Physical | None, int]]) -> Segment:
    kind = lvm_text.text(part, "type")
    if kind not in _STRIPED:
        raise FormatError(f"it is a volume of type {kind or 'nothing'}, which is not read here")
    start, count = lvm_text.number(part, "start_extent") * extent, lvm_text.number(part, "extent_count") * extent
    given = part.get("stripes")
    stripes = given if isinstance(given, list) else []
    parts = []
    for name, first in zip(stripes[::2], stripes[1::2], strict=False):
        disk, begin = places.get(str(name), (None, 0))
        if disk is None:
            raise FormatError(f"a part of it lies on another disk ({name})")
        if not isinstance(first, int) or first < 0:
            raise FormatError("its description is damaged")
        parts.append((disk.read, begin + first * extent))
    stripe = lvm_text.number(part, "stripe_size") * _SECTOR if len(parts) > 1 else count
    if not parts or count <= 0 or start < 0 or stripe <= 0 or count // extent % len(parts):
        raise FormatError("its description is damaged")
    return Segment(start, count, stripe, tuple(parts))


def reader(volume: Volume) -> Read:
    """A reader of a logical volume."""

    def read(offset: int, size: int) -> bytes:
        pieces = []
        while size > 0 and offset >= 0:
            segment = next((s for s in volume.segments if s.start <= offset < s.start + s.length), None)
            if segment is None:
                break
            inside = offset - segment.start
            row, rest = divmod(inside, segment.stripe)
            turn, which = divmod(row, len(segment.parts))
            source, base = segment.parts[which]
            wanted = min(size, segment.stripe - rest, segment.length - inside)
            piece = source(base + turn * segment.stripe + rest, wanted)
            pieces.append(piece)
            if len(piece) < wanted:
                break
            offset += wanted
            size -= wanted
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    return read
