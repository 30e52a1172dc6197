"""Whether an exec or open is refused, by the same facts as the kernel side: inode on a list, or a file that lies in the
overlay's upper layer. It looks at layers only, never through the container's own mounts."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from periderm.adapters.gate_fanotify.calls import OPEN_EXEC_PERM, Asked
from periderm.ports.guard import GuardPolicy

_TRIES = 3
_DELETED = " (deleted)"


class Verdict(NamedTuple):
    """`cause` is '' if it may pass."""

    cause: str
    path: str
    device: int
    inode: int


def decide(asked: Asked, policy: GuardPolicy, lowers: tuple[str, ...]) -> Verdict:
    """Looks at the open file. `lowers` are the image's layers, the upmost first."""
    seen = os.fstat(asked.descriptor)
    file = (seen.st_dev, seen.st_ino)
    if not asked.mask & OPEN_EXEC_PERM:
        listed = file in policy.open_inodes or file in policy.exec_inodes
        return Verdict("open" if listed else "", path_of(asked.descriptor), *file)
    if file in policy.exec_inodes or file in policy.open_inodes:
        return Verdict("list", path_of(asked.descriptor), *file)
    if policy.memory and seen.st_nlink == 0:
        return Verdict("memory", path_of(asked.descriptor), *file)
    if policy.drift and policy.overlay_upper and drifted(asked.descriptor, policy.overlay_upper, lowers):
        return Verdict("drift", path_of(asked.descriptor), *file)
    return Verdict("", "", *file)


def path_of(descriptor: int) -> str:
    """The file's name now, from the root of its mount; '' if it cannot be told."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").removesuffix(_DELETED)
    except OSError:
        return ""


def drifted(descriptor: int, upper: str, lowers: tuple[str, ...]) -> bool:
    """Whether the image did not bring the file: it lies in the upper layer, or is in no layer by the name that it has. A
    name may change while it is looked at, so what is not found is looked for again; what is never found counts as drift."""
    for _ in range(_TRIES):
        path = path_of(descriptor)
        if not path.startswith("/") or ".." in path.split("/"):
            continue
        over = _kind(upper + path)
        if over == "file":
            return True
        if over == "whiteout" or _hidden(upper, path):
            continue
        if any(_kind(lower + path) == "file" for lower in lowers):
            return False
    return True


def _kind(path: str) -> str:
    try:
        found = os.lstat(path)
    except OSError:
        return ""
    if stat.S_ISCHR(found.st_mode) and found.st_rdev == 0:
        return "whiteout"  # Documentation/filesystems/overlayfs.rst
    return "file" if stat.S_ISREG(found.st_mode) else "other"


def _hidden(upper: str, path: str) -> bool:
    """Whether a parent folder was removed, or made anew over that of the image."""
    parts = path.split("/")[1:-1]
    for count in range(1, len(parts) + 1):
        place = upper + "/" + "/".join(parts[:count])
        kind = _kind(place)
        if not kind:
            return False
        if kind == "whiteout" or _opaque(place):
            return True
    return False


def _opaque(folder: str) -> bool:
    try:
        return os.getxattr(folder, "trusted.overlay.opaque") == b"y"
    except OSError:
        return False
