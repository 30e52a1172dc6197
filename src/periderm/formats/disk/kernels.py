"""The kernels on a disk that no distribution's package brought, told by themselves. Judges nothing.

Source: Linux Documentation/arch/x86/boot.rst (setup header: 'HdrS', kernel_version).
"""

from __future__ import annotations

import itertools
import re

from periderm.formats.disk.composing import Whole, at
from periderm.formats.disk.reading import content
from periderm.model.errors import FormatError
from periderm.model.image import Origin, Package
from periderm.model.purl import PackageUrl

_REGULAR, _FOLDER = 0o100000, 0o040000
_NUMBER = re.compile(r"\d+(?:\.\d+)*(?:-rc\d+)?")
_MOST = 50
_LOOKED = 10_000
_HEAD = 32_768  # the boot sectors hold the version


def kernels(whole: Whole) -> tuple[Package, ...]:
    """The kernels in the boot folder of a system that carry their version and belong to no package that dpkg or rpm name by
    it."""
    boot = at(whole, "boot")
    if boot is None or boot[0].files is None or boot[1].kind != _FOLDER:
        return ()
    place, folder = boot
    files = boot[0].files
    found: dict[str, Package] = {}
    try:
        names = sorted(itertools.islice(files.names(folder), _LOOKED))
    except FormatError:
        return ()
    for name, number in names:
        if not name.startswith((b"vmlinuz", b"bzImage", b"kernel")) or len(found) >= _MOST:
            continue
        try:
            node = files.node(number)
            if node.kind != _REGULAR or node.size < 4096:
                continue
            head = b"".join(content(place.read, files.runs(node), min(node.size, _HEAD), "kernel"))
        except FormatError:
            continue
        release = release_of(head)
        plain = _NUMBER.match(release)
        if plain is not None and not _packaged(whole, release):
            found[release] = _package(plain[0], release, "boot/" + name.decode("utf-8", "replace"))
    return tuple(found.values())


def release_of(head: bytes) -> str:
    """What uname(2) would say of a kernel for x86 whose first bytes these are; '' if they do not tell."""
    if head[0x202:0x206] != b"HdrS":
        return ""
    at = int.from_bytes(head[0x20E:0x210], "little") + 0x200
    text = head[at : at + 200].split(b"\0", 1)[0].decode("ascii", "replace")
    return text.split(" ", 1)[0] if _NUMBER.match(text) else ""


def _packaged(whole: Whole, release: str) -> bool:
    """Whether a distribution's package tells of this kernel: then it knows what was backported."""
    return any(
        at(whole, path) is not None
        for path in (
            f"var/lib/dpkg/info/linux-image-{release}.list",
            f"var/lib/dpkg/info/linux-image-unsigned-{release}.list",
            f"lib/modules/{release}/vmlinuz",  # rpm's kernel-core brings it there
            f"usr/lib/modules/{release}/vmlinuz",
        )
    )


def _package(plain: str, release: str, path: str) -> Package:
    return Package(
        name="linux",
        version=plain,
        type="generic",
        purl=str(PackageUrl("generic", "linux", plain)),
        origin=Origin.RECOGNISED,
        path=path,
        source="linux",
        source_version=release,
        cpes=(f"cpe:2.3:o:linux:linux_kernel:{plain}:*:*:*:*:*:*:*",),
    )
