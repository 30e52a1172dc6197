"""The few file operations of the history, with the system's errors said in its words. Decides nothing about rows."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from periderm.model.errors import HistoryError

_STEPS = {
    errno.ENOSPC: "Free space on the file system that holds the history, or give it a smaller quota (PERIDERM_HISTORY_MIB).",
    errno.EDQUOT: "Free space, or raise the quota of the user.",
    errno.EACCES: "Run as the user who owns the history (root, for the agent's).",
    errno.EPERM: "Run as the user who owns the history (root, for the agent's).",
    errno.EROFS: "Mount the file system that holds the history for writing.",
    errno.EMFILE: "Raise the limit on open files (ulimit -n).",
}


def failure(doing: str, error: OSError) -> HistoryError:
    """A HistoryError for an OSError."""
    step = _STEPS.get(error.errno or 0, "Look at the kernel's log and at the disk, then try again.")
    return HistoryError(f"The history could not {doing}: {error.strerror}.", step)


@contextlib.contextmanager
def said(doing: str) -> Iterator[None]:
    """OSError in the block becomes HistoryError."""
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


def sync_file(path: Path) -> None:
    """Its bytes are durable."""
    descriptor = open_file(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes, position: int) -> None:
    """All bytes from `position` on."""
    view = memoryview(data)
    while view:
        done = os.pwrite(descriptor, view, position)
        position += done
        view = view[done:]


def replace_file(path: Path, data: bytes) -> None:
    """The file holds `data`, durably, or what it held before."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = open_file(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        write_all(descriptor, data, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(path)
    sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Under its last name, durably; its bytes are durable before."""
    sync_file(source)
    make_folder(target.parent)
    source.replace(target)
    sync_folder(target.parent)


def size_of(path: str | Path) -> int:
    """Bytes, 0 for a file that is gone."""
    try:
        return os.stat(path, follow_symlinks=False).st_size
    except FileNotFoundError:
        return 0


def free_bytes(path: Path) -> tuple[int, int]:
    """(free, all) bytes of the file system that holds `path`, as an ordinary user may use them."""
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize


def lock(path: Path) -> int | None:
    """A descriptor that holds the lock of this name until it is closed, None if another process has it."""
    descriptor = open_file(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
