"""Reading at offsets, and the shapes that all file systems of a disk share. Opens nothing: a reader is given.

A `Read` takes (offset, size) in bytes and gives at most `size` bytes: fewer only where the disk ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import DiskLimits

Read = Callable[[int, int], bytes]
CHUNK = 1 << 20  # bytes that are read at once of a file's content
_POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), reflected: RFC 3720, appendix B.4


class Run(NamedTuple):
    """A stretch of a file: `offset` in the file, `at` its place in the volume (-1: it reads as zeros), `size`. Bytes."""

    offset: int
    at: int
    size: int


class Node(NamedTuple):
    """An inode. `kind` is the type bits of its mode (S_IFMT), `mode` the rest; `near` a place on the disk near its content,
    for ordering. `raw` are its bytes, which the file system that made it understands. `device` is (major, minor)."""

    number: int
    kind: int
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    near: int
    raw: bytes
    flags: int = 0
    device: tuple[int, int] = (0, 0)


class FileSystem(Protocol):
    """One file system. All methods raise FormatError for what is damaged; all that they do is bounded."""

    @property
    def name(self) -> str:
        """What it is: 'ext4', 'xfs'."""
        ...

    @property
    def uuid(self) -> str:
        """In the form that fstab(5) uses; '' if there is none."""
        ...

    @property
    def label(self) -> str:
        """As it was labelled."""
        ...

    @property
    def root(self) -> int:
        """The number of the root folder's inode."""
        ...

    def node(self, number: int) -> Node:
        """An inode by its number."""
        ...

    def names(self, folder: Node) -> Iterator[tuple[bytes, int]]:
        """(name, inode number) of a folder's entries in the order of the disk, without '.' and '..'."""
        ...

    def runs(self, node: Node) -> Sequence[Run]:
        """Where a file's content lies, in order, without gaps, up to its size."""
        ...

    def inline(self, node: Node) -> bytes | None:
        """The content of a file that lies in its inode; None if it lies elsewhere."""
        ...

    def link(self, node: Node) -> bytes:
        """The target of a symbolic link."""
        ...

    def capability(self, node: Node) -> bytes:
        """The extended attribute security.capability; b'' if there is none."""
        ...

    def closed(self, node: Node) -> str:
        """Why content cannot be read at all ('it is encrypted'); '' if it can."""
        ...

    def told(self) -> Sequence[str]:
        """What must be said of the file system as a whole."""
        ...


def exactly(read: Read, offset: int, size: int, where: str) -> bytes:
    """`size` bytes at `offset`. Raises FormatError if the disk ends before."""
    data = read(offset, size) if offset >= 0 else b""
    if len(data) != size:
        raise FormatError(f"{size} bytes at {offset} lie beyond the end of the disk.", where=where)
    return data


def part(read: Read, start: int, size: int) -> Read:
    """A reader of the `size` bytes from `start`, which count from 0."""

    def read_part(offset: int, wanted: int) -> bytes:
        wanted = min(wanted, size - offset)
        return read(start + offset, wanted) if offset >= 0 and wanted > 0 else b""

    return read_part


def bounded(size: int, block: int, limits: DiskLimits) -> int:
    """How many blocks of tables a volume of `size` bytes may be asked for: each is there once, and may be read some times.
    A wrapped disk can claim any size, so `DiskLimits.held` bounds it too."""
    return 4 * (min(size, limits.held) // block) + 65_536


class Budget:
    """Counts what a hostile disk could make endless. Raises LimitError when it is used up."""

    def __init__(self, most: int, what: str) -> None:
        self._left = most
        self._what = what

    def take(self, count: int = 1) -> None:
        """`count` more."""
        self._left -= count
        if self._left < 0:
            raise LimitError(f"more {self._what} than the disk can hold were asked for; the rest was not looked at.")


def content(read: Read, runs: Sequence[Run], size: int, where: str) -> Iterator[bytes]:
    """A file's content in pieces. Raises FormatError if it lies beyond the end of the disk."""
    done = 0
    for run in runs:
        if run.offset != done:
            raise FormatError("its parts leave a gap or overlap.", where=where)
        left, at = min(run.size, size - done), run.at
        while left > 0:
            wanted = min(left, CHUNK)
            if at < 0:
                piece = bytes(wanted)
            else:
                piece = exactly(read, at, wanted, where)
                at += wanted
            yield piece
            left -= wanted
            done += wanted
    if done < size:
        raise FormatError(f"only {done} of its {size} bytes are there.", where=where)


def filled(found: Sequence[Run], size: int, where: str) -> list[Run]:
    """Runs up to `size` with what no run covers as zeros; neighbours become one. Raises FormatError if they overlap or go
    back."""
    runs: list[Run] = []
    end = 0
    for run in found:
        if run.offset < end:
            raise FormatError("its extents overlap.", where=where)
        if run.offset >= size:
            break
        if run.offset > end:
            runs.append(Run(end, -1, run.offset - end))
        length = min(run.size, size - run.offset)
        last = runs[-1] if runs else None
        joined = (
            last is not None
            and last.offset + last.size == run.offset
            and ((last.at < 0 and run.at < 0) or (last.at >= 0 and last.at + last.size == run.at))
        )
        if joined and last is not None:
            runs[-1] = Run(last.offset, last.at, last.size + length)
        else:
            runs.append(Run(run.offset, run.at, length))
        end = run.offset + length
    if end < size:
        runs.append(Run(end, -1, size - end))
    return runs


def _table() -> tuple[int, ...]:
    values = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
        values.append(value)
    return tuple(values)


_TABLE = _table()


def crc32c(data: bytes, value: int = 0xFFFFFFFF) -> int:
    """CRC-32C without the last inversion, as ext4 and XFS begin and chain it. For headers: some megabytes a second."""
    table = _TABLE
    for byte in data:
        value = (value >> 8) ^ table[(value ^ byte) & 255]
    return value


def uuid_text(data: bytes) -> str:
    """Sixteen bytes in their order, as fstab(5) writes a UUID; '' if all are zero."""
    text = data.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])) if any(data) else ""


def label_text(data: bytes) -> str:
    """A label without its padding."""
    return data.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
