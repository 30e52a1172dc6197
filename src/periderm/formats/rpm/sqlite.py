"""RPM's database since 4.16, `rpmdb.sqlite`: its own reader of SQLite pages, for one table. Runs no SQL and no code of SQLite.

Source: "Database File Format" (sqlite.org/fileformat2.html). Read are the b-tree of the table `Packages` and overflow
pages. A write-ahead log beside the file is not read, and that is said.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from periderm.formats.rpm.header import facts
from periderm.model.errors import FormatError, LimitError
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

FOLDERS = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
NAME = "rpmdb.sqlite"
_MAGIC = b"SQLite format 3\0"
_WAL = NAME + "-wal"
_TABLE = b"Packages"
_DEPTH = 40  # a b-tree of 2^32 pages is far lower
_INTERIOR, _LEAF = 0x05, 0x0D
_LARGEST_ROW = 256 * MIB


class SqliteFile:
    """A SQLite file in memory. Raises FormatError for one that is none or is damaged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        if data[:16] != _MAGIC or len(data) < 512:
            raise FormatError("this is no SQLite file.")
        size = int.from_bytes(data[16:18], "big")
        self._size = 65_536 if size == 1 else size
        if self._size < 512 or self._size & (self._size - 1):
            raise FormatError(f"A SQLite page of {self._size} bytes does not exist.")
        self._usable = self._size - data[20]
        if self._usable < 480:
            raise FormatError("The usable part of the SQLite pages is too small.")
        self._pages = len(data) // self._size
        self._left = 0

    def _page(self, number: int) -> int:
        """The offset of a page. Each look-up is counted, so that no chain of pages is longer than the file."""
        if not 1 <= number <= self._pages:
            raise FormatError(f"SQLite page {number} is not in the file.")
        self._left -= 1
        if self._left < 0:
            raise FormatError("SQLite pages point to each other in circles.")
        return (number - 1) * self._size

    def rows(self, root: int) -> Iterator[bytes]:
        """The payload of every row of the table whose b-tree begins at page `root`."""
        self._left = 2 * self._pages  # every page of a sound table is visited once
        pending = [(root, 0)]
        while pending:
            number, depth = pending.pop()
            if depth > _DEPTH:
                raise FormatError("SQLite pages nest without end.")
            start = self._page(number)
            head = start + (100 if number == 1 else 0)
            kind = self._data[head]
            cells = int.from_bytes(self._data[head + 3 : head + 5], "big")
            if kind == _INTERIOR:
                pointers = self._pointers(head + 12, cells, start)
                right = int.from_bytes(self._data[head + 8 : head + 12], "big")
                children = [int.from_bytes(self._data[at : at + 4], "big") for at in pointers]
                pending += [(child, depth + 1) for child in reversed([*children, right])]
                if len(pending) > 2 * self._pages + 1:
                    raise FormatError("SQLite pages point to each other in circles.")
            elif kind == _LEAF:
                for at in self._pointers(head + 8, cells, start):
                    yield self._payload(at, start)
            else:
                raise FormatError(f"SQLite page {number} is of type {kind}, which no table has.")

    def _pointers(self, array: int, cells: int, start: int) -> list[int]:
        """Offsets of the cells of the page at `start`."""
        end = start + self._usable
        if array + 2 * cells > end:
            raise FormatError("A SQLite page has more cells than it has room for.")
        found = [start + at for at in struct.unpack_from(f">{cells}H", self._data, array)]
        if any(at + 4 > end for at in found):
            raise FormatError("A SQLite cell lies beyond its page.")
        return found

    def _payload(self, at: int, start: int) -> bytes:
        """The payload of a table leaf cell, with its overflow pages."""
        end = start + self._usable
        size, at = varint(self._data, at, end)
        _row, at = varint(self._data, at, end)
        if size <= self._usable - 35:
            local, more = size, 0
        else:
            least = (self._usable - 12) * 32 // 255 - 23
            local = least + (size - least) % (self._usable - 4)
            local = local if local <= self._usable - 35 else least
            more = size - local
        if at + local + (4 if more else 0) > end or more > len(self._data):
            raise FormatError("A SQLite row is longer than what holds it.")
        if size > _LARGEST_ROW:
            raise LimitError(f"A SQLite row has {size} bytes.")
        if not more:
            return self._data[at : at + local]
        parts = [self._data[at : at + local]]
        page = int.from_bytes(self._data[at + local : at + local + 4], "big")
        while more > 0:
            offset = self._page(page)
            taken = min(more, self._usable - 4)
            parts.append(self._data[offset + 4 : offset + 4 + taken])
            page = int.from_bytes(self._data[offset : offset + 4], "big")
            more -= taken
        return b"".join(parts)


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """SQLite's big-endian number of one to nine bytes, and where it ends."""
    value = 0
    for index in range(9):
        if at >= end:
            raise FormatError("A SQLite number is cut off.")
        byte = data[at]
        at += 1
        if index == 8:
            return (value << 8) | byte, at
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            break
    return value, at


def columns(record: bytes) -> list[bytes | int | None]:
    """The values of a record: integers, NULL as None, text and blobs as bytes (a float as its eight bytes)."""
    size, at = varint(record, 0, len(record))
    if size > len(record):
        raise FormatError("The header of a SQLite record is longer than the record.")
    kinds = []
    while at < size:
        kind, at = varint(record, at, size)
        kinds.append(kind)
    values: list[bytes | int | None] = []
    at = size
    for kind in kinds:
        length = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind] if kind < 12 else (kind - 12) // 2
        if at + length > len(record):
            raise FormatError("A value of a SQLite record is cut off.")
        raw = record[at : at + length]
        at += length
        if kind == 0:
            values.append(None)
        elif kind in (8, 9):
            values.append(kind - 8)
        elif kind < 7:
            values.append(int.from_bytes(raw, "big", signed=True))
        else:
            values.append(raw)
    return values


def _root(file: SqliteFile) -> int:
    """The first page of the table `Packages`, from the schema table: type, name, tbl_name, rootpage, sql."""
    for record in file.rows(1):
        values = columns(record)
        if values[:2] == [b"table", _TABLE] and len(values) > 3 and isinstance(values[3], int):
            return values[3]
    raise FormatError("The SQLite file has no table of packages.")


def _blobs(data: bytes) -> Iterator[bytes]:
    """The header blob of every row (hnum, blob)."""
    file = SqliteFile(data)
    for record in file.rows(_root(file)):
        values = columns(record)
        blob = values[1] if len(values) > 1 else None
        yield blob if isinstance(blob, bytes) else b""


def read(data: bytes, path: str) -> FileFacts:
    """All packages of the database; of a write-ahead log that holds anything, only that it was not read."""
    if path.endswith(_WAL):
        if not data:
            return FileFacts()
        what = Text(
            f"{path} holds changes that are not yet in the database; they were not read.",
            f"{path} 中有尚未写入数据库的更改，未读取。",
        )
        return FileFacts(missed=(what,))
    return facts(_blobs(data), path)


FORMAT = PackageFormat(
    id="rpm-sqlite",
    title=Text("RPM database (SQLite)", "RPM 数据库（SQLite）"),
    read=read,
    paths=tuple(f"{folder}/{name}" for folder in FOLDERS for name in (NAME, _WAL)),
    most=256 * MIB,
)
