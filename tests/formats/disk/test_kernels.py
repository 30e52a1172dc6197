"""Kernels that no package brought."""

from __future__ import annotations

from pathlib import Path

from periderm.formats.disk.composing import composed
from periderm.formats.disk.kernels import kernels, release_of
from periderm.formats.disk.volumes import survey
from tests.formats.disk.disks import ext4
from tests.formats.disk.test_volumes import system


def kernel(release: str) -> bytes:
    """The begin of a bzImage: boot.rst, 'The real-mode kernel header'."""
    head = bytearray(65536)
    head[0x202:0x206] = b"HdrS"
    head[0x20E:0x210] = (0x3000 - 0x200).to_bytes(2, "little")
    text = f"{release} (someone@somewhere) #1 SMP".encode()
    head[0x3000 : 0x3000 + len(text)] = text
    return bytes(head)


def test_only_those_without_a_package(tmp_path: Path) -> None:
    """A kernel that was built by hand is a package of its own; one that dpkg or rpm tell of is left to them; what is no
    kernel is none."""
    folder = system(tmp_path / "root")
    (folder / "boot").mkdir()
    (folder / "var/lib/dpkg/info").mkdir(parents=True)
    (folder / "usr/lib/modules/5.14.0-1.el9").mkdir(parents=True)
    (folder / "usr/lib/modules/5.14.0-1.el9/vmlinuz").touch()
    (folder / "var/lib/dpkg/info/linux-image-6.1.0-9-amd64.list").touch()
    for release in ("6.1.0-9-amd64", "5.14.0-1.el9", "6.9.3-mine"):
        (folder / "boot" / f"vmlinuz-{release}").write_bytes(kernel(release))
    (folder / "boot/vmlinuz-text").write_bytes(b"x" * 9000)
    (folder / "boot/vmlinuz-link").symlink_to("vmlinuz-6.9.3-mine")
    disk = ext4(folder, tmp_path / "disk", "-t", "ext4", size="16M")
    (one,) = kernels(composed(survey(disk.read, disk.size)))
    assert (one.name, one.version, one.source_version, one.path) == ("linux", "6.9.3", "6.9.3-mine", "boot/vmlinuz-6.9.3-mine")
    assert one.cpes == ("cpe:2.3:o:linux:linux_kernel:6.9.3:*:*:*:*:*:*:*",)


def test_heads_that_tell_nothing() -> None:
    """What is no kernel for x86, or says no number, has no release."""
    assert release_of(kernel("6.9.3-mine")) == "6.9.3-mine"
    assert release_of(kernel("mine")) == release_of(bytes(65536)) == release_of(b"") == release_of(kernel("6.1")[:0x3000]) == ""
