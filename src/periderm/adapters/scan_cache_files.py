"""`ports.scan_cache.ScanCache` in a folder: small files under digests of their keys, written whole or not at all.

What cannot be read, is damaged, or belongs to somebody else is a miss. Keeps at most `most` bytes: what was used longest
ago goes first. Judges nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import stat
import time
from collections.abc import Iterable, Iterator
from typing import cast

from isal import isal_zlib

GIB = 1 << 30
_MAGIC = b"PDRMKEPT"
_LARGEST = 256 << 20  # of one kept value, inflated
_LEVEL = 1
_SUM = 32
_FRESH_NS = 50 * 10**6  # a file changed this lately may change again within one tick of the file system's clock
_ROOMS = ("model", "formats", "algorithms", "engines/image", "engines/content", "engines/config", "flow")
_Damaged: type[Exception] = isal_zlib.error  # type: ignore[assignment] # the stub calls the class an instance
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def fingerprint() -> str:
    """What the code is that reads images: names, sizes and times of its files. Two milliseconds, and no version number
    that somebody would have to remember."""
    import periderm

    root = os.path.dirname(os.path.abspath(periderm.__file__))
    told = [periderm.__version__]
    for room in _ROOMS:
        told += sorted(_told(os.path.join(root, room), room))
    return hashlib.sha256("\0".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def _told(folder: str, name: str) -> Iterator[str]:
    """A line for each source file below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                status = entry.stat()
                yield f"{name}/{entry.name}:{status.st_size}:{status.st_mtime_ns}"
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _told(entry.path, f"{name}/{entry.name}")


class Mapped(mmap.mmap):
    """A mapped file with what formats ask of bytes besides searching and slicing."""

    def startswith(self, prefix: bytes) -> bool:
        """As of bytes."""
        return self[: len(prefix)] == prefix


class FileCache:
    """Everything below `folder`, which is made when something is kept. Threads and processes may share one. With `most`
    0 nothing is kept and nothing that was kept is given; large contents still lie in a file there and not in memory."""

    def __init__(self, folder: str, most: int = 2 * GIB) -> None:
        self._folder = folder
        self._most = most
        self._engine = ""

    @property
    def engine(self) -> str:
        """The fingerprint of the code."""
        self._engine = self._engine or fingerprint()
        return self._engine

    def _path(self, kind: str, key: str) -> tuple[str, str]:
        """Folder and name of what is kept under a key."""
        digest = hashlib.sha256(f"{kind}\0{key}".encode("utf-8", "surrogateescape")).hexdigest()
        return os.path.join(self._folder, kind, digest[:2]), digest

    def get(self, kind: str, key: str) -> bytes | None:
        """The value, None for any reason not to believe it."""
        if not self._most:
            return None
        folder, name = self._path(kind, key)
        path = os.path.join(folder, name)
        try:
            fd = os.open(path, _READ)
            with open(fd, "rb", buffering=0) as file:
                status = os.fstat(fd)
                if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_size > _LARGEST:
                    return None
                data = file.readall()
            os.utime(path)
        except OSError:
            return None
        return _opened(data, name)

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps it; a full disk or a folder that may not be written is nobody's error."""
        if len(data) > _LARGEST or not self._most:
            return
        folder, name = self._path(kind, key)
        packed = isal_zlib.compress(data, _LEVEL)
        sealed = _MAGIC + hashlib.sha256(name.encode() + packed).digest() + packed
        spare = os.path.join(folder, f".{os.urandom(8).hex()}")
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            fd = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                with open(fd, "wb") as file:
                    file.write(sealed)
                os.rename(spare, os.path.join(folder, name))
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(spare)
                return
            self._tidy()
        except OSError:
            return

    def _tidy(self) -> None:
        """Removes what was used longest ago until all is within the bound; and what a crash left half written."""
        found: list[tuple[int, int, str]] = []
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError):
                    status = os.lstat(path)
                    found.append((status.st_mtime_ns, status.st_size, path))
        total = sum(size for _, size, _ in found)
        old = time.time_ns() - 3600 * 10**9
        for used, size, path in sorted(found):
            if total <= self._most and not (os.path.basename(path).startswith(".") and used < old):
                continue
            with contextlib.suppress(OSError):
                os.unlink(path)
                total -= size

    def identity(self, path: str) -> str:
        """Device, inode, size, and both times of a regular file, with its path; '' for others, and for one that was
        changed a moment ago."""
        try:
            status = os.stat(path)
        except OSError:
            return ""
        if not stat.S_ISREG(status.st_mode) or abs(time.time_ns() - status.st_ctime_ns) < _FRESH_NS:
            return ""
        parts = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        return "\0".join((os.path.abspath(path), *map(str, parts)))

    @contextlib.contextmanager
    def spool(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """In a file without a name, mapped; in memory where that cannot be."""
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            fd = os.open(self._folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            yield b"".join(chunks)
            return
        with open(fd, "r+b", buffering=0) as file:
            file.writelines(chunks)
            if not file.tell():
                yield b""
                return
            mapped = Mapped(file.fileno(), 0, prot=mmap.PROT_READ)
            try:
                yield cast(bytes, mapped)
            finally:
                with contextlib.suppress(BufferError):  # somebody still holds a view: it is unmapped with that
                    mapped.close()


def _opened(data: bytes, name: str) -> bytes | None:
    """The value inside a file, if its checksum holds and it is no bomb."""
    head, packed = data[: len(_MAGIC) + _SUM], data[len(_MAGIC) + _SUM :]
    if head != _MAGIC + hashlib.sha256(name.encode() + packed).digest():
        return None
    engine = isal_zlib.decompressobj()
    try:
        value: bytes = engine.decompress(packed, _LARGEST)
    except _Damaged:
        return None
    return value if engine.eof else None
