"""Partition tables: GPT with its backup, and MBR with logical partitions. Says where each lies, not what is in it.

Sources: UEFI specification, chapter 5 (GUID Partition Table, legacy MBR); Linux block/partitions for logical partitions.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from periderm.formats.disk.reading import Read
from periderm.model.errors import FormatError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

_HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")  # signature … partition array CRC
_ENTRY = struct.Struct("<16s16sQQQ72s")
_MBR_ENTRY = struct.Struct("<B3sB3sII")
_EXTENDED = (0x05, 0x0F, 0x85)
_PROTECTIVE = 0xEE
_SECTORS = (512, 4096)
# What these hold is no file system: UEFI specification, table 5.7, and the boot loaders' documentation.
EMPTY_TYPES = {
    "21686148-6449-6e6f-744e-656564454649": "BIOS boot code",
    "9e1a2d38-c612-4316-aa26-8b49521e5a8b": "PowerPC boot code",
    "e3c9e316-0b5c-4db8-817d-f92df00215ae": "a Microsoft reserved partition",
}


class Partition(msgspec.Struct, frozen=True):
    """One partition; `start` and `size` in bytes. `uuid` is what fstab(5) calls PARTUUID, `label` PARTLABEL; `type` a GPT
    type or 'mbr-83'."""

    number: int
    start: int
    size: int
    type: str = ""
    uuid: str = ""
    label: str = ""


class Table(msgspec.Struct, frozen=True):
    """`scheme` is 'gpt', 'mbr' or '' for none; `told` says what is wrong with it."""

    scheme: str
    partitions: tuple[Partition, ...] = ()
    told: tuple[str, ...] = ()


def partitions(read: Read, size: int, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> Table:
    """The partitions of a disk of `size` bytes. Raises FormatError where there was a GPT and both copies are damaged."""
    first = read(0, 512)
    marked = len(first) == 512 and first[510:] == b"\x55\xaa"
    entries = [_MBR_ENTRY.unpack_from(first, 446 + 16 * n) for n in range(4)] if marked else []
    protective = any(entry[2] == _PROTECTIVE for entry in entries)
    found = _gpt(read, size, limits, expected=protective)
    if found is not None:
        return found
    # A boot sector of a file system ends with the same mark: then its 'entries' are no entries.
    if not entries or any(entry[0] not in (0, 0x80) for entry in entries):
        return Table("")
    used = [e for e in entries if e[2] and e[5]]
    if not used or any(e[4] * 512 >= size for e in used) or used[0][2] == _PROTECTIVE:
        return Table("")
    return _mbr(read, size, entries, int.from_bytes(first[440:444], "little"), limits)


def _gpt(read: Read, size: int, limits: DiskLimits, *, expected: bool) -> Table | None:
    """The GPT, from its backup if its first copy is damaged; None if there is none."""
    why = ""
    for sector in _SECTORS:
        places = ((sector, "primary"), ((size // sector - 1) * sector, "backup"))
        for at, which in places:
            head = read(at, sector) if at > 0 else b""
            if head[:8] != b"EFI PART":
                continue
            try:
                found = _gpt_at(read, head, at, sector=sector, size=size, limits=limits)
            except FormatError as error:
                why = why or error.what
                continue
            damaged = f"The first partition table is damaged ({why or 'missing'}); its backup was used."
            return Table("gpt", found, () if which == "primary" else (damaged,))
    if why and expected:
        raise FormatError(f"both copies of the partition table are damaged: {why}", where="GPT")
    return None


def _gpt_at(read: Read, head: bytes, at: int, *, sector: int, size: int, limits: DiskLimits) -> tuple[Partition, ...]:
    _, _, length, crc, _, own, _, _, _, _, array, count, width, array_crc = _HEADER.unpack_from(head)
    if not _HEADER.size <= length <= sector or zlib.crc32(head[:16] + bytes(4) + head[20:length]) != crc:
        raise FormatError("its header's checksum does not hold.", where="GPT")
    if own * sector != at:
        raise FormatError("its header names another place.", where="GPT")
    if width < _ENTRY.size or width % 8 or width > 4096 or count > limits.partition_entries:
        raise FormatError(f"{count} entries of {width} bytes are not possible.", where="GPT")
    data = read(array * sector, count * width)
    if len(data) < count * width or zlib.crc32(data) != array_crc:
        raise FormatError("its entries' checksum does not hold.", where="GPT")
    found = []
    for number in range(count):
        kind, uuid, start, last, _, name = _ENTRY.unpack_from(data, number * width)
        if not any(kind):
            continue
        if last < start or start * sector >= size:
            raise FormatError(f"partition {number + 1} lies beyond the end of the disk.", where="GPT")
        end = min((last + 1) * sector, size)
        label = name.decode("utf-16-le", "replace").split("\0", 1)[0]
        found.append(Partition(number + 1, start * sector, end - start * sector, _guid(kind), _guid(uuid), label))
    return tuple(found)


def _mbr(read: Read, size: int, entries: list[tuple[int, ...]], disk: int, limits: DiskLimits) -> Table:
    found: list[Partition] = []
    told: list[str] = []
    chains: list[int] = []
    for number, entry in enumerate(entries, start=1):
        kind, start, count = entry[2], entry[4] * 512, entry[5] * 512
        if not kind or not count:
            continue
        if kind in _EXTENDED:
            chains.append(start)
        elif start < size:
            found.append(_logical(number, start, min(count, size - start), kind, disk))
    number = 5
    for base in chains:
        for start, count, kind in _chain(read, base, size, limits, told):
            found.append(_logical(number, start, count, kind, disk))
            number += 1
    return Table("mbr", tuple(found), tuple(told))


def _chain(read: Read, base: int, size: int, limits: DiskLimits, told: list[str]) -> list[tuple[int, int, int]]:
    """(start, size, type) of the logical partitions of one extended partition: a chain of tables, each with one partition,
    counted from that table, and the next table, counted from the extended partition."""
    found: list[tuple[int, int, int]] = []
    seen: set[int] = set()
    at = base
    while at:
        if at in seen or len(seen) >= limits.partitions:
            told.append("The chain of logical partitions has no end; the rest was left out.")
            break
        seen.add(at)
        sector = read(at, 512)
        if len(sector) < 512 or sector[510:] != b"\x55\xaa":
            told.append("A table of the logical partitions is damaged; those after it were left out.")
            break
        following = 0
        for n in range(4):
            _, _, kind, _, start, count = _MBR_ENTRY.unpack_from(sector, 446 + 16 * n)
            if kind in _EXTENDED and count:
                following = following or base + start * 512
            elif kind and count and at + start * 512 < size:
                begin = at + start * 512
                found.append((begin, min(count * 512, size - begin), kind))
        at = following
    return found


def _logical(number: int, start: int, size: int, kind: int, disk: int) -> Partition:
    return Partition(number, start, size, f"mbr-{kind:02x}", f"{disk:08x}-{number:02x}")


def _guid(data: bytes) -> str:
    """A GUID's first three fields are little-endian: UEFI specification, appendix A."""
    first, second, third = struct.unpack_from("<IHH", data)
    return f"{first:08x}-{second:04x}-{third:04x}-{data[8:10].hex()}-{data[10:].hex()}"
