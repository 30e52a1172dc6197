"""What the dynamic loader will load for an ELF file: the libraries it needs, where it looks for them, its interpreter.

Sources: gabi4+ chapter 5 (dynamic linking), ld.so(8). Resolves nothing: only the file system knows what a name leads to.
"""

from __future__ import annotations

import struct

import msgspec

_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NEEDED, _DT_STRTAB, _DT_SONAME, _DT_RPATH, _DT_RUNPATH = 1, 5, 14, 15, 29
_MOST_HEADERS = 64
_MOST_NEEDED = 200
_LONGEST = 4096  # of a name or a path
_DYNAMIC = 64 << 10  # bytes of the dynamic section that are read
_DAMAGE = (struct.error, OverflowError, ValueError, IndexError)
_WIDE, _NARROW = struct.Struct("<32xQ14xHH"), struct.Struct("<28xI10xHH")
_HEAD_WIDE, _HEAD_NARROW = struct.Struct("<IIQQQQQQ"), struct.Struct("<IIIIIIII")
_ENTRY_WIDE, _ENTRY_NARROW = struct.Struct("<qQ"), struct.Struct("<iI")


class Needed(msgspec.Struct, frozen=True):
    """`libraries` as the file names them ('libc.so.6'); `paths` are its own search path, the run path if it has one, `$ORIGIN`
    as it stands; `interpreter` is '' for a library or a program that is linked statically."""

    libraries: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    interpreter: str = ""


def needed(data: bytes) -> Needed | None:
    """None for what is no little-endian ELF file, or asks the loader for nothing. Damage gives None too."""
    if data[:4] != b"\x7fELF" or data[4:6] not in (b"\1\1", b"\2\1"):
        return None
    try:
        return _read(data, wide=data[4:5] == b"\2")
    except _DAMAGE:
        return None


def _read(data: bytes, *, wide: bool) -> Needed | None:
    start, size, count = (_WIDE if wide else _NARROW).unpack_from(data)
    head = _HEAD_WIDE if wide else _HEAD_NARROW
    if size != head.size:
        return None
    loads: list[tuple[int, int, int]] = []
    dynamic: tuple[int, int] | None = None
    interpreter = ""
    table = data[start : start + size * min(count, _MOST_HEADERS)]
    for fields in head.iter_unpack(table[: len(table) // size * size]):
        kind = fields[0]
        offset, address, length = (fields[2], fields[3], fields[5]) if wide else (fields[1], fields[2], fields[4])
        if kind == _PT_LOAD:
            loads.append((offset, address, length))
        elif kind == _PT_DYNAMIC:
            dynamic = offset, length
        elif kind == _PT_INTERP:
            interpreter = _text(data, offset, min(length, _LONGEST))
    if dynamic is None:
        return Needed((), (), interpreter) if interpreter else None
    return _dynamic(data, dynamic, loads, interpreter, wide=wide)


def _dynamic(
    data: bytes, place: tuple[int, int], loads: list[tuple[int, int, int]], interpreter: str, *, wide: bool
) -> Needed | None:
    entry = _ENTRY_WIDE if wide else _ENTRY_NARROW
    raw = data[place[0] : place[0] + min(place[1], _DYNAMIC)]
    names: list[int] = []
    strings = rpath = runpath = -1
    for tag, value in entry.iter_unpack(raw[: len(raw) // entry.size * entry.size]):
        if tag == 0:
            break
        if tag == _DT_NEEDED:
            names.append(value)
        elif tag == _DT_STRTAB:
            strings = value
        elif tag == _DT_RPATH:
            rpath = value
        elif tag == _DT_RUNPATH:
            runpath = value
    base = next((offset + strings - start for offset, start, length in loads if start <= strings < start + length), -1)
    if base < 0:
        return Needed((), (), interpreter) if interpreter else None
    libraries = tuple(filter(None, (_text(data, base + at, 256) for at in names[:_MOST_NEEDED])))
    path = runpath if runpath >= 0 else rpath
    paths = tuple(filter(None, _text(data, base + path, _LONGEST).split(":")))[:20] if path >= 0 else ()
    return Needed(libraries, paths, interpreter) if libraries or interpreter else None


def _text(data: bytes, at: int, most: int) -> str:
    """A string that ends with NUL; '' for one that is not text."""
    raw = data[at : at + most]
    end = raw.find(b"\0")
    text = raw[: end if end >= 0 else None].decode("utf-8", "replace")
    return text if text.isprintable() else ""
