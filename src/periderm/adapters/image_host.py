"""Opens this machine itself: its own file systems as one layer, and the kernel that runs. Leaves out what belongs to
containers, pseudo file systems and removable media. Executes and changes nothing.

The container runtime, kubelet and other components are programs among the files: their readers tell the versions.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator

from periderm.formats.mountinfo import parse_mountinfo
from periderm.model.errors import FormatError
from periderm.model.image import CONTAINER_STORAGE, ImageConfig, Origin, Package
from periderm.model.purl import PackageUrl
from periderm.ports.image_source import OpenImage, TreeLayer

OpenTree = Callable[[str, Collection[str], Collection[str]], TreeLayer]  # (folder, paths left out, mounts walked too)

# Pseudo file systems, other people's containers and images (each is scanned as itself), media, and what changes as we look.
SKIPPED = (
    "dev",
    "media",
    "mnt",
    "proc",
    "run",
    "sys",
    "tmp",
    "var/cache",
    *CONTAINER_STORAGE,
    "var/lib/periderm",
    "var/log",
    "var/spool",
    "var/tmp",
)
# File systems that hold a machine's own programs: `Documentation/filesystems` of the kernel.
_DISKS = frozenset(("bcachefs", "btrfs", "erofs", "ext2", "ext3", "ext4", "f2fs", "squashfs", "xfs", "zfs"))
_DEBIAN_KERNEL = re.compile(r"(?:Debian|Ubuntu) (\S+)")


class HostRoot:
    """`ports.image_source.ImageSource`: `location` is the root folder, '/' for this machine."""

    def __init__(self, open_tree: OpenTree) -> None:
        self._open_tree = open_tree

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens the machine. Raises ImageSourceError."""
        root = os.path.abspath(location or "/")
        mounts = disks(_read("/proc/self/mountinfo")) if root == "/" else ()
        layer = self._open_tree(root, SKIPPED, mounts)
        identity = _read("/etc/machine-id") or os.uname().nodename.encode()
        digest = "sha256:" + hashlib.sha256(b"host:" + identity).hexdigest()
        told = "Left out on purpose: /" + ", /".join(SKIPPED) + "."
        yield OpenImage(
            reference=name or os.uname().nodename,
            source=f"host:{root}",
            digest=digest,
            config=ImageConfig(architecture=os.uname().machine, os="linux"),
            layers=(layer,),
            packages=(kernel(os.uname().release, os.uname().version, owned=_owns_kernel(root)),) if root == "/" else (),
            left_out=(told,),
        )


def disks(mountinfo: bytes) -> tuple[str, ...]:
    """Paths (without the first '/') of mounted file systems that belong to the machine itself."""
    try:
        mounts = parse_mountinfo(mountinfo)
    except FormatError:
        return ()
    return tuple(dict.fromkeys(m.point.strip("/") for m in mounts if m.type in _DISKS and m.root == "/" and m.point != "/"))


def kernel(release: str, version: str, *, owned: str) -> Package:
    """The kernel that runs, from uname(2). A distribution's own kernel is told by its package (`owned`), which knows
    what was backported; any other is upstream's of that number."""
    number = re.match(r"\d+(?:\.\d+)*(?:-rc\d+)?", release)
    plain = number[0] if number else release
    debian = _DEBIAN_KERNEL.search(version)
    return Package(
        name="linux",
        version=plain,
        type="generic",
        purl=str(PackageUrl("generic", "linux", plain)),
        origin=Origin.RECOGNISED,
        path="proc/sys/kernel/osrelease",
        owner=owned,
        source="linux",
        source_version=debian[1] if debian else release,
        cpes=(f"cpe:2.3:o:linux:linux_kernel:{plain}:*:*:*:*:*:*:*",),
    )


def _owns_kernel(root: str) -> str:
    """The package of the running kernel where dpkg has one of its name; '' else."""
    name = f"linux-image-{os.uname().release}"
    listed = os.path.join(root, "var/lib/dpkg/info", name + ".list")
    return f"deb:{name}" if os.path.exists(listed) else ""


def _read(path: str) -> bytes:
    """A small file of the system, b'' if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError:
        return b""
