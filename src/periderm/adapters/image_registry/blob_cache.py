"""Blobs of registries in a folder, by their digest: whole and verified, or not there. Fetches nothing by itself.

A blob that somebody holds or fetches is locked (flock(2)), so scans beside each other neither fetch it twice nor take it away
from one another; what broke off stays and is gone on with. Keeps at most `most` bytes: what was used longest ago goes first.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator

from periderm.model.errors import FormatError, ImageSourceError, LimitError

GIB = 1 << 30
MOST = 20 * GIB
_CHUNK = 1 << 20
_PART = ".part"
_OLD_SECONDS = 3 * 24 * 3600  # a part that nobody went on with
_OPEN = os.O_CLOEXEC | os.O_NOFOLLOW
Source = Callable[[int], Iterator[bytes]]  # the bytes from an offset on


class BlobCache:
    """Everything below `folder`, which is made when something is kept. Threads and processes may share one."""

    def __init__(self, folder: str, most: int = MOST) -> None:
        self.folder = folder
        self._most = most

    def path(self, digest: str) -> str:
        """Where a blob lies when it is there. `digest` is 'sha256:' and hex, checked by whoever calls."""
        value = digest.partition(":")[2]
        return os.path.join(self.folder, value[:2], value)

    def room(self, size: int) -> None:
        """Raises LimitError where so many bytes at once may not be kept, ImageSourceError where they find no room."""
        if size > self._most:
            raise LimitError(
                f"The layers that must be read have {size >> 20} MiB, and {self._most >> 20} MiB is the most that is kept.",
                "Set PERIDERM_REGISTRY_CACHE_MIB to more.",
            )
        free = _free(self.folder)
        if size > free:
            raise ImageSourceError(
                f"{size >> 20} MiB are to be fetched, and {self.folder} has room for {free >> 20} MiB.",
                "Make room, or set PERIDERM_CACHE to another folder.",
            )

    def hold(self, digest: str, size: int) -> int | None:
        """A descriptor that keeps a whole blob where it is until it is closed; None if it is not there. What does not have
        its digest any more is removed."""
        path = self.path(digest)
        try:
            fd = os.open(path, os.O_RDONLY | _OPEN)
        except OSError:
            return None
        try:
            fcntl.flock(fd, fcntl.LOCK_SH)
            if os.fstat(fd).st_size == size and _digest(fd) == digest:
                with contextlib.suppress(OSError):
                    os.utime(path)
                if _same(fd, path):
                    return fd
            elif _same(fd, path):
                os.unlink(path)
        except OSError:
            os.close(fd)
            return None
        os.close(fd)
        return None

    def keep(self, digest: str, size: int, source: Source, advance: Callable[[int], None]) -> int:
        """Fetches a blob, or waits for who does, and holds it. Raises FormatError for bytes that do not have the digest,
        ImageSourceError if it cannot be written, and what `source` raises."""
        path = self.path(digest)
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            part = _locked(path + _PART)
            with contextlib.ExitStack() as given_up:
                given_up.callback(os.close, part)
                held = self.hold(digest, size)
                if held is not None:  # another scan has fetched it meanwhile
                    advance(size)
                    os.unlink(path + _PART)
                    return held
                _fill(part, digest, size, source, advance)
                os.utime(part)
                os.rename(path + _PART, path)
                fcntl.flock(part, fcntl.LOCK_SH)
                given_up.pop_all()
        except OSError as error:
            raise _unwritable(error, self.folder) from None
        self.tidy()
        return part

    def tidy(self) -> None:
        """Removes what was used longest ago until all is within the bound, and parts that were given up."""
        found: list[tuple[float, int, str]] = []
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError):
                    status = os.lstat(path)
                    found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        old = time.time_ns() / 1e9 - _OLD_SECONDS
        for used, size, path in sorted(found):
            if (total > self._most or (path.endswith(_PART) and used < old)) and _removed(path):
                total -= size


def _free(folder: str) -> int:
    """Bytes that are free where a folder is, or will be."""
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize


def _locked(path: str) -> int:
    """A part's file, locked: its lock may belong to one that was put in place while we waited."""
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | _OPEN, 0o600)
        with contextlib.ExitStack() as given_up:
            given_up.callback(os.close, fd)
            fcntl.flock(fd, fcntl.LOCK_EX)
            if _same(fd, path):
                given_up.pop_all()
                return fd


def _fill(fd: int, digest: str, size: int, source: Source, advance: Callable[[int], None]) -> None:
    """Writes what is missing of a blob behind what is there. A file whose digest does not hold is emptied."""
    done = hashlib.sha256()
    have = os.fstat(fd).st_size
    if have > size:
        os.ftruncate(fd, 0)
        have = 0
    at = 0
    while at < have and (chunk := os.pread(fd, min(_CHUNK, have - at), at)):
        done.update(chunk)
        at += len(chunk)
    advance(at)
    if at < size:
        for piece in source(at):
            done.update(piece)
            view = memoryview(piece)
            while view:
                written = os.pwrite(fd, view, at)
                view, at = view[written:], at + written
            advance(len(piece))
    if at != size or f"sha256:{done.hexdigest()}" != digest:
        os.ftruncate(fd, 0)
        raise FormatError(
            f"The registry's blob {digest[:19]}… has another digest than the manifest promises.",
            "Scan again; if it stays so, do not trust the registry or a proxy on the way.",
        )


def _digest(fd: int) -> str:
    done = hashlib.sha256()
    at = 0
    while chunk := os.pread(fd, _CHUNK, at):
        done.update(chunk)
        at += len(chunk)
    return f"sha256:{done.hexdigest()}"


def _same(fd: int, path: str) -> bool:
    """Whether a path still leads to an open file."""
    try:
        there = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    mine = os.fstat(fd)
    return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)


def _removed(path: str) -> bool:
    """Removes a file that nobody holds."""
    try:
        fd = os.open(path, os.O_RDONLY | _OPEN)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    except OSError:
        return False
    finally:
        os.close(fd)
    return True


def _unwritable(error: OSError, folder: str) -> ImageSourceError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    what = "is full" if full else f"cannot be written ({error.strerror})"
    return ImageSourceError(f"{folder} {what}.", "Make room, or set PERIDERM_CACHE to another folder.")
