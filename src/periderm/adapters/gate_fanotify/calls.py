"""fanotify(7) by ctypes: a group, its marks, its events. Numbers are those of linux/fanotify.h. Decides nothing."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator
from typing import NamedTuple

CLOEXEC, NONBLOCK, CLASS_CONTENT, UNLIMITED_QUEUE = 0x1, 0x2, 0x4, 0x10
MARK_ADD, MARK_INODE, MARK_FILESYSTEM = 0x1, 0x0, 0x100
OPEN_PERM, OPEN_EXEC_PERM = 0x10000, 0x40000
ALLOW, DENY = 1, 2
METADATA_VERSION = 3
_METADATA = struct.Struct("<IBBHQii")
_RESPONSE = struct.Struct("<iI")
_READ_BYTES = _METADATA.size * 128
_O_LARGEFILE = 0o100000


class Asked(NamedTuple):
    """A call that waits for an answer. `descriptor` is the file, open for reading, and must be closed."""

    mask: int
    descriptor: int
    pid: int


def open_group() -> int:
    """A group whose marks ask for permission. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    flags = ctypes.c_uint(CLOEXEC | NONBLOCK | CLASS_CONTENT | UNLIMITED_QUEUE)
    group = libc.fanotify_init(flags, ctypes.c_uint(os.O_RDONLY | _O_LARGEFILE | os.O_CLOEXEC))
    if group < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(group)


def mark(group: int, how: int, mask: int, path: str) -> None:
    """Adds a mark on what `path` leads to. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    call = libc.fanotify_mark
    call.argtypes = (ctypes.c_int, ctypes.c_uint, ctypes.c_uint64, ctypes.c_int, ctypes.c_char_p)
    if call(group, MARK_ADD | how, mask, -1, os.fsencode(path)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)


def read(group: int) -> Iterator[Asked]:
    """What waits now. Raises OSError; ValueError if the kernel speaks another version."""
    try:
        data = os.read(group, _READ_BYTES)
    except BlockingIOError:
        return
    at = 0
    while at + _METADATA.size <= len(data):
        length, version, _, _, mask, descriptor, pid = _METADATA.unpack_from(data, at)
        if version != METADATA_VERSION or length < _METADATA.size:
            raise ValueError(f"fanotify speaks version {version}, not {METADATA_VERSION}")
        at += length
        if descriptor >= 0:
            yield Asked(mask, descriptor, pid)


def answer(group: int, descriptor: int, *, allow: bool) -> None:
    """Lets the caller go on, or fail with EPERM. Raises OSError."""
    os.write(group, _RESPONSE.pack(descriptor, ALLOW if allow else DENY))
