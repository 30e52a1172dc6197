"""`ports.records.Records` on this machine's file system. Reads; parses and judges nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence

LIMIT = 64 * 1024 * 1024


class LocalRecords:
    """Files up to `limit` bytes."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit

    def read(self, path: str) -> bytes:
        """O_NONBLOCK, because opening a pipe would wait for its writer."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError):  # ValueError: a NUL in the path
            return b""
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > self._limit:
            os.close(descriptor)
            return b""
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(self._limit + 1)
            return data if len(data) <= self._limit else b""

    def names(self, path: str) -> Sequence[str]:
        """Sorted, so that what is told does not jump about."""
        try:
            return sorted(os.listdir(path))
        except (OSError, ValueError):
            return ()

    def stamp(self, path: str) -> tuple[int, ...]:
        """Time of change, size and inode."""
        try:
            status = os.lstat(path)
        except (OSError, ValueError):
            return ()
        if not stat.S_ISREG(status.st_mode):
            return ()
        return (status.st_mtime_ns, status.st_size, status.st_ino)
