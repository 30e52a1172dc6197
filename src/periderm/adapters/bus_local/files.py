"""The few file operations of the spool, with the system's errors said in its words."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from periderm.model.errors import BusError

_STEPS = {
    errno.ENOSPC: "Free space on the file system that holds the spool; what was accepted before is safe.",
    errno.EDQUOT: "Free space or raise the quota of the user; what was accepted before is safe.",
    errno.EFBIG: "Raise the limit on file sizes (ulimit -f); what was accepted before is safe.",
    errno.EACCES: "Run as the user who owns the spool.",
    errno.EPERM: "Run as the user who owns the spool.",
    errno.EROFS: "Mount the file system that holds the spool for writing.",
    errno.EMFILE: "Raise the limit on open files (ulimit -n).",
}


def failure(doing: str, error: OSError) -> BusError:
    """A BusError for an OSError."""
    step = _STEPS.get(error.errno or 0, "Look at the kernel's log and at the disk, then try again.")
    return BusError(f"The spool could not {doing}: {error.strerror}.", step)


@contextlib.contextmanager
def said(doing: str) -> Iterator[None]:
    """OSError in the block becomes BusError."""
    try:
        yield
    except OSError as error:
        raise failure(doing, error) from error


def make_folder(path: Path) -> None:
    """A folder with mode 0700, durable."""
    if path.is_dir():
        return
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder(path.parent)


def open_file(path: Path, flags: int) -> int:
    """A descriptor; a symbolic link is refused, a new file has mode 0600."""
    return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def sync_folder(path: Path) -> None:
    """Names in the folder are durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, parts: Sequence[bytes], position: int) -> None:
    """All parts from `position` on."""
    for start in range(0, len(parts), 512):  # IOV_MAX is 1,024
        some = [memoryview(part) for part in parts[start : start + 512]]
        while some:
            done = os.pwritev(descriptor, some, position)
            position += done
            while some and done >= len(some[0]):
                done -= len(some[0])
                some.pop(0)
            if some:
                some[0] = some[0][done:]


def lock(descriptor: int) -> bool:
    """Take the lock of this open file without waiting; it ends with the process, however that ends."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
