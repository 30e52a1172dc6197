"""RPM's database before 4.16, `Packages`: a Berkeley DB hash file. Its own page reader; uses no index and no environment.

Source: the page layouts of Berkeley DB (dbinc/db_page.h): a metadata page, hash pages with pairs of items, and chains
of overflow pages. Little- and big-endian files are read, encrypted ones are not.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from periderm.formats.rpm.header import facts
from periderm.model.errors import FormatError
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

PATHS = tuple(f"{folder}/Packages" for folder in ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"))
_MAGIC = 0x061561
_METADATA, _HASH_UNSORTED, _HASH, _OVERFLOW = 8, 2, 13, 7  # page types
_KEYDATA, _OFFPAGE = 1, 3  # item types
_HEAD = 26  # bytes of every page's head
_KEY = 4  # a package's key is its number; number 0 holds the next one


class HashFile:
    """A Berkeley DB hash file in memory. Raises FormatError for one that is none or is damaged."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise FormatError("this is no Berkeley DB file.")
        order = next((o for o in "<>" if struct.unpack_from(f"{o}I", data, 12)[0] == _MAGIC), "")
        if not order or data[25] != _METADATA:
            raise FormatError("this is no Berkeley DB hash file.")
        if data[24]:
            raise FormatError("the Berkeley DB file is encrypted.")
        self._data = data
        (self._size,) = struct.unpack_from(f"{order}I", data, 20)
        if not 512 <= self._size <= 65_536 or self._size & (self._size - 1):
            raise FormatError(f"a Berkeley DB page of {self._size} bytes does not exist.")
        self._pages = len(data) // self._size
        self._head = struct.Struct(f"{order}8xIIIHHBB")  # own, previous, next page; entries, free offset; level, type
        self._u16, self._two = struct.Struct(f"{order}H"), struct.Struct(f"{order}II")
        self._order = order
        self._left = self._pages + 1

    def values(self) -> Iterator[bytes]:
        """The value of every pair whose key is a package's number, in the order of the pages."""
        for page in range(1, self._pages):
            start = page * self._size
            _, _, _, entries, _, _, kind = self._head.unpack_from(self._data, start)
            if kind in (_HASH, _HASH_UNSORTED) and entries:
                yield from self._pairs(start, entries)

    def _pairs(self, start: int, entries: int) -> Iterator[bytes]:
        """Keys and values take turns; items lie from the end of the page towards its head."""
        if entries % 2 or _HEAD + 2 * entries > self._size:
            raise FormatError("a Berkeley DB page has half a pair, or more items than it has room for.")
        offsets = struct.unpack_from(f"{self._order}{entries}H", self._data, start + _HEAD)
        ends = (self._size, *offsets)
        for index in range(0, entries, 2):
            key = self._item(start, offsets[index], ends[index])
            if len(key) == _KEY and any(key):
                yield self._item(start, offsets[index + 1], ends[index + 1])

    def _item(self, start: int, at: int, end: int) -> bytes:
        """One item of a page: its bytes on the page, or in a chain of overflow pages."""
        if not _HEAD <= at < end <= self._size:
            raise FormatError("a Berkeley DB item lies outside its page.")
        kind = self._data[start + at]
        if kind == _KEYDATA:
            return self._data[start + at + 1 : start + end]
        if kind == _OFFPAGE and at + 12 <= self._size:
            return self._chain(*self._two.unpack_from(self._data, start + at + 4))
        raise FormatError(f"a Berkeley DB item is of type {kind}, which a package database does not have.")

    def _chain(self, page: int, size: int) -> bytes:
        """The content of overflow pages. A page belongs to one chain, so all chains together are no longer than the file."""
        parts, left = [], size
        while left > 0:
            self._left -= 1
            if not 0 < page < self._pages or self._left < 0:
                raise FormatError("a chain of Berkeley DB pages has no end in the file.")
            start = page * self._size
            _, _, following, _, length, _, kind = self._head.unpack_from(self._data, start)
            if kind != _OVERFLOW or not 0 < length <= self._size - _HEAD:
                raise FormatError("a chain of Berkeley DB pages leads to another kind of page.")
            parts.append(self._data[start + _HEAD : start + _HEAD + min(length, left)])
            left -= length
            page = following
        return b"".join(parts)


def read(data: bytes, path: str) -> FileFacts:
    """All packages of the database."""
    return facts(HashFile(data).values(), path)


FORMAT = PackageFormat(
    id="rpm-bdb",
    title=Text("RPM database (Berkeley DB)", "RPM 数据库（Berkeley DB）"),
    read=read,
    paths=PATHS,
    most=256 * MIB,
)
