"""Finds a named section, or the bytes at an address, in ELF, PE and Mach-O files. Checks nothing else of them.

Sources: gabi4+ (ELF), the PE format of Microsoft Learn, Apple's mach-o/loader.h. Whatever is damaged has no section.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_DAMAGE = (struct.error, OverflowError)  # numbers that lead outside the file, or outside what Python can address
_LARGEST = 32 << 20  # bytes of a section that are given: nothing that is asked for has more
_MOST = 1024  # sections or segments that are looked at
_FAT = {0xCAFEBABE: 20, 0xCAFEBABF: 32}  # magic of a file for several architectures: bytes of one entry


def is_elf(data: bytes) -> bool:
    """Whether the file begins as an ELF file of a known class."""
    return data[:4] == b"\x7fELF" and data[4:6] in (b"\1\1", b"\1\2", b"\2\1", b"\2\2")


def section(data: bytes, name: bytes) -> bytes | None:
    """The bytes of a section by its name (32 MiB at most), None if there is none. Names of Mach-O are without segment."""
    try:
        if is_elf(data):
            return _elf_section(data, name)
        if data[:2] == b"MZ":
            return _pe_section(data, name)
        return _macho_section(data, name)
    except _DAMAGE:
        return None


def has_sections(data: bytes) -> bool:
    """Whether an ELF file still has its section headers."""
    at, form = (40, "Q") if data[4:5] == b"\2" else (32, "I")
    order = "<" if data[5:6] == b"\1" else ">"
    try:
        return bool(struct.unpack_from(order + form, data, at)[0])
    except _DAMAGE:
        return False


def _elf_section(data: bytes, name: bytes) -> bytes | None:
    """Looks into the table of names first: most files do not have what is asked for."""
    order = "<" if data[5] == 1 else ">"
    if data[4] == 2:
        start, size, count, strings = struct.unpack_from(f"{order}40xQ10xHHH", data)
        head = struct.Struct(f"{order}IIQQQQ")
    else:
        start, size, count, strings = struct.unpack_from(f"{order}32xI10xHHH", data)
        head = struct.Struct(f"{order}IIIIII")
    if not start or size < head.size or strings >= count:
        return None
    _, _, _, _, at, length = head.unpack_from(data, start + strings * size)
    table = data[at : at + min(length, 1 << 20)]
    where = table.find(name + b"\0")
    if where < 0:
        return None
    for index in range(min(count, _MOST)):
        label, kind, _, _, at, length = head.unpack_from(data, start + index * size)
        if kind != 8 and table[label : label + len(name) + 1] == name + b"\0":  # 8: SHT_NOBITS
            return data[at : at + min(length, _LARGEST)]
    return None


def elf_at(data: bytes, address: int, size: int) -> bytes:
    """The bytes at a virtual address of an ELF file; b"" if no segment has them all."""
    if not is_elf(data):
        return b""
    try:
        for offset, start, length in _elf_segments(data):
            if start <= address and address + size <= start + length:
                return data[offset + address - start : offset + address - start + size]
    except _DAMAGE:
        pass
    return b""


def _elf_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(offset, address, length) of every part that is loaded."""
    order = "<" if data[5] == 1 else ">"
    wide = data[4] == 2
    if wide:
        start, size, count = struct.unpack_from(f"{order}32xQ14xHH", data)
        head = struct.Struct(f"{order}IIQQQQ")
    else:
        start, size, count = struct.unpack_from(f"{order}28xI10xHH", data)
        head = struct.Struct(f"{order}IIIII")
    for index in range(min(count, _MOST)):
        if wide:
            kind, _, offset, address, _, length = head.unpack_from(data, start + index * size)
        else:
            kind, offset, address, _, length = head.unpack_from(data, start + index * size)
        if kind == 1:  # PT_LOAD
            yield offset, address, length


def _pe_section(data: bytes, name: bytes) -> bytes | None:
    """Names have at most eight bytes."""
    (at,) = struct.unpack_from("<I", data, 60)
    if data[at : at + 4] != b"PE\0\0":
        return None
    count, optional = struct.unpack_from("<H12xH", data, at + 6)
    for index in range(min(count, _MOST)):
        label, length, offset = struct.unpack_from("<8s8xII", data, at + 24 + optional + 40 * index)
        if label.rstrip(b"\0") == name:
            return data[offset : offset + min(length, _LARGEST)]
    return None


def _macho_section(data: bytes, name: bytes) -> bytes | None:
    """Of a file for several architectures the first is read."""
    (magic,) = struct.unpack_from(">I", data)
    if magic in _FAT:
        count, *_ = struct.unpack_from(">I", data, 4)
        start = struct.unpack_from(">Q" if magic == 0xCAFEBABF else ">I", data, 16)[0] if 0 < count < 64 else 0
        return _macho_section(data[start:], name) if 0 < start < len(data) and data[start : start + 2] != b"\xca\xfe" else None
    order = {0xFEEDFACF: ">", 0xFEEDFACE: ">", 0xCFFAEDFE: "<", 0xCEFAEDFE: "<"}.get(magic, "")
    if not order:
        return None
    wide = magic in (0xFEEDFACF, 0xCFFAEDFE)
    (commands,) = struct.unpack_from(f"{order}I", data, 16)
    at = 32 if wide else 28
    head, step = (72, 80) if wide else (56, 68)
    for _ in range(min(commands, _MOST)):
        command, size = struct.unpack_from(f"{order}II", data, at)
        if command == (0x19 if wide else 1):  # LC_SEGMENT_64, LC_SEGMENT
            (sections,) = struct.unpack_from(f"{order}I", data, at + head - 8)
            for index in range(min(sections, _MOST)):
                begin = at + head + index * step
                if data[begin : begin + 16].rstrip(b"\0") == name:
                    form, where = ("QI", 40) if wide else ("II", 36)
                    length, offset = struct.unpack_from(order + form, data, begin + where)
                    return data[offset : offset + min(length, _LARGEST)]
        if size < 8:
            return None
        at += size
    return None
