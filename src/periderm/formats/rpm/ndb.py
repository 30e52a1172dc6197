"""RPM's database of SUSE, `Packages.db` ("ndb"): slots that name blobs. Reads only; uses none of the index files.

Source: the layout that rpm's lib/backend/ndb/rpmpkg.c keeps: a header of 32 bytes, pages of 4096 bytes with slots of
16, blobs on boundaries of 16 bytes with a head of 16 and a tail of 12; all numbers little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from periderm.formats.rpm.header import facts
from periderm.model.errors import FormatError, LimitError
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

PATHS = tuple(f"{folder}/Packages.db" for folder in ("var/lib/rpm", "usr/lib/sysimage/rpm"))
MOST_SLOT_PAGES = 2048  # half a million packages
_HEAD = struct.Struct("<4sIIII")  # magic, version, generation, slot pages, next package index
_SLOT = struct.Struct("<4sIII")  # magic, package, offset of its blob and size, both in blocks
_BLOB = struct.Struct("<4sIII")  # magic, package, generation, bytes
_TAIL = struct.Struct("<II4s")  # adler32 of head, content and padding; bytes; magic
_PAGE, _BLOCK = 4096, 16


def blobs(data: bytes) -> Iterator[bytes]:
    """Every package's header blob. Raises FormatError for what is no such file or is damaged."""
    if len(data) < _PAGE:
        raise FormatError("this is no package database of RPM.")
    magic, version, _, pages, _ = _HEAD.unpack_from(data)
    if magic != b"RpmP" or version != 0:
        raise FormatError("this is no package database of RPM, or of another version.")
    if not pages or pages * _PAGE > len(data):
        raise FormatError(f"it names {pages} pages of slots and is {len(data)} bytes long.")
    if pages > MOST_SLOT_PAGES:
        raise LimitError(f"it has {pages} pages of slots; {MOST_SLOT_PAGES} is the most.")
    taken = 0
    for at in range(2 * _SLOT.size, pages * _PAGE, _SLOT.size):  # the header takes the place of two slots
        magic, package, offset, count = _SLOT.unpack_from(data, at)
        if magic != b"Slot":
            raise FormatError("a slot has no mark.")
        if not package:
            continue
        blob = _blob(data, package, offset * _BLOCK, count * _BLOCK)
        taken += len(blob)
        if taken > len(data):
            raise FormatError("slots share their blobs.")
        yield blob


def _blob(data: bytes, package: int, start: int, room: int) -> bytes:
    """The content of one blob; damage gives an empty one, which the reader of headers tells.

    The check sum is not compared, as rpm itself does not when it reads: nobody may hide a package behind a wrong one."""
    if start + room > len(data) or room < _BLOB.size + _TAIL.size:
        raise FormatError("a slot names a blob beyond the end of the file.")
    magic, owner, _, size = _BLOB.unpack_from(data, start)
    if magic != b"BlbS" or owner != package or size > room - _BLOB.size - _TAIL.size:
        return b""
    begin = start + _BLOB.size
    return data[begin : begin + size]


def read(data: bytes, path: str) -> FileFacts:
    """All packages of the database."""
    return facts(blobs(data), path)


FORMAT = PackageFormat(
    id="rpm-ndb",
    title=Text("RPM database (ndb)", "RPM 数据库（ndb）"),
    read=read,
    paths=PATHS,
    most=256 * MIB,
)
