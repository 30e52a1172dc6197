"""The table of file systems, fstab(5): which volume belongs where. Knows no volumes."""

from __future__ import annotations

import re

import msgspec

# Types that are no volume of a disk: fstab(5), Documentation/filesystems.
_NO_DISK = frozenset(
    (
        "9p",
        "autofs",
        "bind",
        "binfmt_misc",
        "ceph",
        "cgroup",
        "cgroup2",
        "cifs",
        "debugfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "fuse",
        "fuse.sshfs",
        "glusterfs",
        "hugetlbfs",
        "mqueue",
        "nfs",
        "nfs4",
        "none",
        "overlay",
        "proc",
        "ramfs",
        "securityfs",
        "smbfs",
        "swap",
        "sysfs",
        "tmpfs",
        "tracefs",
        "virtiofs",
    )
)
_MEDIA = ("/dev/cdrom", "/dev/fd", "/dev/sr")
_MOST = 1_000  # lines


class Mount(msgspec.Struct, frozen=True):
    """One line: `device` as it stands there ('UUID=…', '/dev/vg0/root'), `point` without slashes around it ('' is the root)."""

    device: str
    point: str
    type: str


def parse(data: bytes) -> list[Mount]:
    """The volumes of disks, in order; what is no disk, bound, or removable is left out."""
    found = []
    for line in data.decode("utf-8", "surrogateescape").splitlines()[:_MOST]:
        fields = line.split()
        if len(fields) < 3 or fields[0].startswith("#"):
            continue
        device, point, kind = (_plain(field) for field in fields[:3])
        options = fields[3].split(",") if len(fields) > 3 else []
        if kind in _NO_DISK or kind.startswith("fuse") or not point.startswith("/"):
            continue
        if device.startswith(_MEDIA) or "bind" in options or "rbind" in options:
            continue
        parts = [part for part in point.split("/") if part not in ("", ".")]
        if ".." not in parts:
            found.append(Mount(device.replace('"', ""), "/".join(parts), kind))
    return found


def _plain(field: str) -> str:
    """Octal escapes: a space is written \\040."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)
