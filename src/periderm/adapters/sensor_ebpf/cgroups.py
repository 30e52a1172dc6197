"""From a cgroup's number to its path: kernel handles of the v2 hierarchy (open_by_handle_at)."""

from __future__ import annotations

import ctypes
import os

ROOTS = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup")
FILEID_KERNFS = 0xFE


class _Handle(ctypes.Structure):
    _fields_ = (("bytes", ctypes.c_uint32), ("type", ctypes.c_int32), ("number", ctypes.c_uint64))


def root() -> str:
    """Where the v2 hierarchy is mounted, '' where there is none."""
    for path in ROOTS:
        if os.path.exists(os.path.join(path, "cgroup.procs")):
            return path
    return ""


def path_of(number: int) -> str:
    """Path below the v2 root ('/' for the root itself); '' where the cgroup is gone or the kernel refuses."""
    top = root()
    if not top:
        return ""
    libc = ctypes.CDLL(None, use_errno=True)
    mount = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        handle = _Handle(8, FILEID_KERNFS, number)
        descriptor = libc.open_by_handle_at(mount, ctypes.byref(handle), os.O_RDONLY | os.O_CLOEXEC)
        if descriptor < 0:
            return ""
        try:
            path = os.readlink(f"/proc/self/fd/{descriptor}")
        finally:
            os.close(descriptor)
    finally:
        os.close(mount)
    return path.removeprefix(top) or "/"
