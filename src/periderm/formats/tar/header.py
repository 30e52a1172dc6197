"""One 512-byte tar header: numbers, names and the checksum. Knows nothing of what follows a header.

Layout: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
"""

from __future__ import annotations

import functools
import struct
import zlib
from typing import NamedTuple

from periderm.model.errors import FormatError
from periderm.model.image import FileType, LayerEntry

BLOCK = 512
ZERO = bytes(BLOCK)
LARGEST = 1 << 63  # runtimes hold sizes, owners and times in 64 bits, with a sign
LONGEST_PATH = 4096  # PATH_MAX: no runtime can unpack a longer one

_FIELDS = struct.Struct("100s8s8s8s12s12s8sc100s6s2s32s32s8s8s155s12x")
_ADLER_BASE = 65521


class Header(NamedTuple):
    """The fields that a layer's reader needs; `kind` is the type flag, `size` what the header says follows."""

    name: bytes
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    kind: bytes
    link: bytes
    device: tuple[int, int]


@functools.lru_cache(8192)  # owners and modes repeat all the time
def number(field: bytes, where: str) -> int:
    """An octal field, or GNU's base-256 form (first byte 0x80 or 0xff). May be negative in the second form."""
    if field[0] & 0x80:
        value = int.from_bytes(field, "big")
        bits = 8 * len(field)
        # 0xff.. is two's complement; 0x80 is only the marker and not part of the number.
        value -= (1 << bits) if field[0] == 0xFF else (0x80 << (bits - 8))
        if -LARGEST <= value < LARGEST:
            return value
        raise FormatError(f"a tar header has the number {value}, which no system takes.", where=where)
    digits = field.partition(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    if digits.isdigit():
        try:
            return int(digits, 8)
        except ValueError:
            pass
    raise FormatError(f"a tar header has {digits[:16]!r} where a number must be.", where=where)


def checksum_holds(block: bytes, stored: int) -> bool:
    """Whether the header's sum is right; old tars summed signed bytes, so both count.

    Adler-32's low half is one plus the sum of the bytes modulo 65,521: twenty times faster than summing here. The sum
    guards against damage and not against people, so the modulus does no harm.
    """
    spaces = 8 * 32 - sum(block[148:156])
    total = (zlib.adler32(block) & 0xFFFF) - 1 + spaces
    if (total - stored) % _ADLER_BASE == 0:
        return True
    signed = sum(b - 256 if b > 127 else b for b in block[:148] + block[156:]) + 8 * 32
    return signed == stored


def parse(block: bytes, where: str = "") -> Header:
    """A header block. Raises FormatError for a wrong checksum, a number that is none, or a negative size."""
    name, mode, uid, gid, size, mtime, stored, kind, link, magic, _, _, _, major, minor, prefix = _FIELDS.unpack(block)
    if not checksum_holds(block, number(stored, where)):
        raise FormatError("a tar header's checksum is wrong.", "The archive is damaged; save it again.", where=where)
    name = name.partition(b"\0")[0]
    if magic == b"ustar\0" and prefix[0]:
        name = prefix.partition(b"\0")[0] + b"/" + name
    length = number(size, where)
    if length < 0:
        raise FormatError(f"a tar header has the size {length}.", where=where)
    device = (number(major, where), number(minor, where)) if kind in b"34" else (0, 0)
    return Header(
        name,
        number(mode, where) & 0o7777,
        number(uid, where),
        number(gid, where),
        length,
        number(mtime, where),
        kind,
        link.partition(b"\0")[0],
        device,
    )


@functools.lru_cache(8192)
def _owners(fields: bytes) -> tuple[int, int, int]:
    """Mode, user and group, which lie together and repeat all the time."""
    return number(fields[:8], "") & 0o7777, number(fields[8:16], ""), number(fields[16:], "")


@functools.lru_cache(8192)
def _sum(field: bytes) -> int:
    """What Adler-32's low half must be: one plus the stored sum, minus the spaces that are summed in place of the field."""
    return (number(field, "") - 8 * 32 + sum(field) + 1) % _ADLER_BASE


_ENDS = (0, 32)
_UNCLEAN = (".", "/", "")
_QUICK = {48: FileType.REGULAR, 50: FileType.SYMLINK, 53: FileType.DIRECTORY}  # '0', '2', '5'


def quick(block: bytes, offset: int) -> LayerEntry | None:
    """The entry of a plain file, folder or symbolic link with a short, clean name and an honest checksum, as nearly all
    are; None says nothing of the block: `parse` reads it then. `offset` is where its content begins."""
    kind = _QUICK.get(block[156])
    name = block[: block.find(b"\0", 0, 100)]
    # A name of 100 bytes, one in two fields, and one that has to be cleaned are for `parse`.
    if kind is None or block[345] or len(name) == 511 or b"/." in name or b"//" in name:
        return None
    length, time = block[124:135], block[136:147]
    # Anything but eleven digits and an end too: int() alone would take signs, underscores and blanks.
    if not (length.isdigit() and time.isdigit()) or block[135] not in _ENDS or block[147] not in _ENDS:
        return None
    try:
        if zlib.adler32(block) & 0xFFFF != _sum(block[148:156]):
            return None
        mode, uid, gid = _owners(block[100:124])
        size, changed = int(length, 8), int(time, 8)
        path, link = name.decode(), ""
        if kind is FileType.SYMLINK:
            link = block[157 : block.index(b"\0", 157, 257)].decode()
    except (ValueError, FormatError):
        return None
    if kind is not FileType.REGULAR:
        size, path = 0, path.removesuffix("/")
    path = path.removeprefix("./")
    if path[:1] in _UNCLEAN or path[-1:] == "/":
        return None
    return LayerEntry(path, kind, mode, uid, gid, size, changed, link, offset)


def clean_path(raw: bytes) -> tuple[str, bool]:
    """A member's name as a relative path ('' for the root), and whether it tried to climb out of the root.

    Like the runtimes, an absolute name is taken as relative; `..` at the root stays at the root. Bytes that are not
    UTF-8 are surrogate-escaped.
    """
    if len(raw) > LONGEST_PATH:
        raise FormatError(f"a tar member's name has {len(raw)} bytes, more than any system takes.")
    if b"\0" in raw:
        raise FormatError("a tar member's name holds a NUL byte.")
    text = raw.decode("utf-8", "surrogateescape")
    text = text.removeprefix("./")
    text = text.strip("/")
    if "//" not in text and "/." not in text and text[:1] != ".":
        return text, False
    parts: list[str] = []
    escapes = False
    for part in text.split("/"):
        if part == "..":
            if parts:
                parts.pop()
            else:
                escapes = True
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts), escapes
