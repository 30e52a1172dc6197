"""Which files a running container's paths lead to, by device and inode, as the kernel side compares them; and their bytes.

Looks only: nothing is changed, and no link leads out of the container.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import stat
from collections.abc import Sequence

from periderm.model.asset import Container
from periderm.model.content import Payload, Suspect

# openat2(2), x86-64 and arm64: asm/unistd.h; struct open_how and RESOLVE_IN_ROOT: linux/openat2.h
_OPENAT2 = 437
_RESOLVE_NO_MAGICLINKS = 0x02
_RESOLVE_IN_ROOT = 0x10


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def open_in_root(root: int, path: str) -> int:
    """A descriptor (O_PATH) of what `path` names below the folder `root`; links are followed as if it were `/`. Raises
    OSError."""
    how = _OpenHow(os.O_PATH | os.O_CLOEXEC, 0, _RESOLVE_IN_ROOT | _RESOLVE_NO_MAGICLINKS)
    libc = ctypes.CDLL(None, use_errno=True)
    name = os.fsencode(path)
    descriptor = libc.syscall(ctypes.c_long(_OPENAT2), root, name, ctypes.byref(how), ctypes.c_size_t(ctypes.sizeof(how)))
    if descriptor < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return int(descriptor)


def inodes_of(container: Container, paths: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """(device, inode) of each regular file that a path names in the container now; what is not there is left out."""
    found: dict[tuple[int, int], None] = {}
    try:
        root = os.open(f"/proc/{container.pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return ()
    try:
        for path in paths:
            with contextlib.suppress(OSError):
                descriptor = open_in_root(root, path)
                try:
                    status = os.fstat(descriptor)
                finally:
                    os.close(descriptor)
                if stat.S_ISREG(status.st_mode):
                    found[(status.st_dev, status.st_ino)] = None
    finally:
        os.close(root)
    return tuple(found)


_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC


class ContainerPayloads:
    """`ports.payloads.Payloads` over /proc: the root of a process, or the program that it runs."""

    def read(self, suspect: Suspect, limit: int) -> Payload:
        """See the port."""
        try:
            descriptor = _opened(suspect)
        except OSError as error:
            return Payload(suspect=suspect, missing=error.strerror or "it cannot be opened")
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Payload(suspect=suspect, missing="it is no regular file")
            data = _first(descriptor, limit)
        except OSError as error:
            return Payload(suspect=suspect, missing=error.strerror or "it cannot be read")
        finally:
            os.close(descriptor)
        whole = len(data) <= limit
        digest = hashlib.sha256(data).hexdigest() if whole else ""
        return Payload(suspect=suspect, data=data[:limit], size=max(status.st_size, len(data)), digest=digest)


def _opened(suspect: Suspect) -> int:
    """A descriptor for reading. A path is opened without waiting (a pipe would), and looked at before it is opened."""
    if suspect.memory:
        return os.open(f"/proc/{suspect.pid}/exe", os.O_RDONLY | os.O_CLOEXEC)
    try:
        root = os.open(f"/proc/{suspect.root}/root", _FOLDER)
    except OSError:
        if not suspect.host:
            raise
        root = os.open("/", _FOLDER)
    try:
        found = open_in_root(root, suspect.path)
    finally:
        os.close(root)
    try:
        if not stat.S_ISREG(os.fstat(found).st_mode):
            raise OSError(0, "it is no regular file")
        return os.open(f"/proc/self/fd/{found}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    finally:
        os.close(found)


def _first(descriptor: int, limit: int) -> bytes:
    """At most one byte more than the limit."""
    parts: list[bytes] = []
    left = limit + 1
    while left > 0 and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
