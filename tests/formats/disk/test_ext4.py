"""ext2, ext3 and ext4 in many feature sets, as mke2fs makes them, against the folders they were made from."""

from __future__ import annotations

import itertools
import os
import shutil
import stat
import struct
import subprocess
from pathlib import Path

import pytest

from periderm.formats.disk.ext4 import Ext4
from periderm.formats.disk.reading import Budget, crc32c
from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import DiskLimits
from tests.formats.disk.disks import CAPABILITY, ext4, image, listing, of_bytes, run, sample, tool, truth, walk

SETS = [
    "-t ext2 -b 1024",
    "-t ext2 -I 128 -r 0",
    "-t ext3 -b 4096",
    "-t ext4",
    "-t ext4 -b 1024",
    "-t ext4 -b 2048 -O sparse_super2",
    "-t ext4 -O inline_data",
    "-t ext4 -O ^64bit",
    "-t ext4 -O ^metadata_csum",
    "-t ext4 -O ^has_journal -I 512",
    "-t ext4 -b 1024 -O meta_bg,^resize_inode -g 1024",
    "-t ext4 -b 1024 -O ^extents,^64bit",
    "-t ext4 -O metadata_csum_seed",
    "-t ext4 -O bigalloc -C 16384",
    "-t ext4 -O casefold -E encoding=utf8",
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree that every file system here holds."""
    return sample(tmp_path_factory.mktemp("tree"))


@pytest.mark.parametrize("options", SETS)
def test_every_file_is_what_it_was(tmp_path: Path, tree: Path, options: str) -> None:
    """Types, modes, owners, times, links and the content of every file are those of the folder."""
    if "inline_data" in options:
        # mke2fs itself writes sparse files wrongly there: it says so of what it then reads.
        shutil.copytree(
            tree, tmp_path / "copy", symlinks=True, ignore=lambda _, names: [n for n in names if n in ("sparse", "pipe")]
        )
        tree = tmp_path / "copy"
    disk = ext4(tree, tmp_path / "disk", *options.split())
    files = Ext4(disk.read, disk.size)
    assert listing(files, disk.read) == truth(tree)
    assert files.told() == []
    assert files.name == options.split()[1]


def test_names_of_a_volume(tmp_path: Path) -> None:
    """UUID and label are those that fstab would name."""
    uuid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    disk = ext4(None, tmp_path / "disk", "-t", "ext4", "-U", uuid, "-L", "some-root", size="4M")
    files = Ext4(disk.read, disk.size)
    assert (files.uuid, files.label) == (uuid, "some-root")


@pytest.mark.parametrize("width", ["128", "256"])
def test_capabilities_in_the_inode_and_in_a_block(tmp_path: Path, tree: Path, width: str) -> None:
    """security.capability is found behind an inode, and in a block of attributes where the inode has no room."""
    path = tmp_path / "disk"
    ext4(tree, path, "-t", "ext4", "-I", width)
    value = tmp_path / "value"
    value.write_bytes(CAPABILITY)
    run(tool("debugfs", "e2fsprogs"), "-w", "-R", f"ea_set -f {value} a/odd security.capability", path)
    disk = image(path)
    files = Ext4(disk.read, disk.size)
    found = {name: files.capability(node) for name, node, _ in walk(files, disk.read) if node.kind == stat.S_IFREG}
    assert found[b"a/odd"] == CAPABILITY
    assert found[b"a/tiny"] == b""


def test_a_journal_that_was_not_replayed_is_told(tmp_path: Path) -> None:
    """A snapshot of a mounted volume says that its last changes may be missing."""
    path = tmp_path / "disk"
    ext4(None, path, "-t", "ext4", size="8M")
    run(tool("debugfs", "e2fsprogs"), "-w", "-R", "feature needs_recovery", path)
    disk = image(path)
    (told,) = Ext4(disk.read, disk.size).told()
    assert "not replayed" in told


def test_encrypted_folders_are_told(tmp_path: Path, tree: Path) -> None:
    """What is encrypted is closed, and says so."""
    path = tmp_path / "disk"
    ext4(tree, path, "-t", "ext4", "-O", "encrypt")
    run(tool("debugfs", "e2fsprogs"), "-w", "-R", "set_inode_field many flags 0x80800", path)
    disk = image(path)
    files = Ext4(disk.read, disk.size)
    many = next(number for name, number in files.names(files.node(files.root)) if name == b"many")
    assert files.closed(files.node(many)) == "it is encrypted"


def changed(data: bytes, offset: int, value: bytes) -> bytes:
    """A superblock with other bytes and a checksum that holds."""
    block = bytearray(data[1024:2048])
    block[offset : offset + len(value)] = value
    block[1020:] = crc32c(bytes(block[:1020])).to_bytes(4, "little")
    return data[:1024] + bytes(block) + data[2048:]


@pytest.mark.parametrize(
    ("offset", "value", "why"),
    [
        (56, b"\0\0", "no ext4"),
        (96, struct.pack("<I", 1 << 25), "features that are not known"),
        (96, struct.pack("<I", 0x8), "journal"),
        (24, struct.pack("<I", 40), "block size"),
        (88, struct.pack("<H", 7), "inodes of 7"),
        (32, bytes(4), "no size"),
        (254, struct.pack("<H", 33), "descriptors of 33"),
    ],
)
def test_superblocks_that_cannot_be(tmp_path: Path, offset: int, value: bytes, why: str) -> None:
    """What is no such file system, or one that this reader does not know, is refused with the reason."""
    ext4(None, tmp_path / "disk", "-t", "ext4", size="4M")
    data = changed((tmp_path / "disk").read_bytes(), offset, value)
    with pytest.raises(FormatError, match=why):
        Ext4(of_bytes(data).read, len(data))


def test_checksums_are_verified(tmp_path: Path) -> None:
    """A flipped bit in the superblock or in a group's descriptor is an error and no other file's content."""
    ext4(None, tmp_path / "disk", "-t", "ext4", "-b", "1024", size="4M")
    data = bytearray((tmp_path / "disk").read_bytes())
    data[2048 + 8] ^= 4  # where the first group's inodes lie
    files = Ext4(of_bytes(bytes(data)).read, len(data))
    with pytest.raises(FormatError, match="descriptor's checksum"):
        files.node(files.root)
    data[1024 + 130] ^= 4
    with pytest.raises(FormatError, match="superblock's checksum"):
        Ext4(of_bytes(bytes(data)).read, len(data))


def test_folders_and_links_beyond_the_limits(tmp_path: Path, tree: Path) -> None:
    """A folder or a link that is larger than what is read is told."""
    disk = ext4(tree, tmp_path / "disk", "-t", "ext4")
    files = Ext4(disk.read, disk.size, DiskLimits(folder=8192, link=100))
    below = dict(files.names(files.node(files.root)))
    with pytest.raises(LimitError, match="folder of"):
        list(files.names(files.node(below[b"many"])))
    with pytest.raises(LimitError, match="link of 200"):
        files.link(files.node(below[b"long"]))


def test_a_cut_disk_is_told(tmp_path: Path, tree: Path) -> None:
    """The first half of a volume says so, and what lies in the other is an error."""
    disk = ext4(tree, tmp_path / "disk", "-t", "ext4")
    half = of_bytes(disk.read(0, disk.size // 8))
    files = Ext4(half.read, half.size)
    assert "larger than what is there" in files.told()[0]
    with pytest.raises(FormatError):
        list(walk(files, half.read))


@pytest.mark.root
def test_what_the_kernel_wrote(tmp_path: Path, tree: Path) -> None:
    """A file system that Linux itself wrote: holes, reserved space, fragments, attributes, devices, times far away; and
    the snapshot of it while it was mounted says that its journal is not empty."""
    path, point = tmp_path / "disk", tmp_path / "mounted"
    ext4(None, path, "-t", "ext4", size="96M")
    point.mkdir()
    run("mount", "-o", "loop", path, point)
    try:
        run("cp", "-a", "--sparse=always", f"{tree}/.", point)
        with (point / "reserved").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 1_000_000)
        with (point / "fragments").open("wb") as file:
            for number in range(1500):
                file.seek(number * 8192)
                file.write(b"%d" % number)
        os.mknod(point / "device", 0o060640, os.makedev(259, 300_000))
        os.setxattr(point / "a/odd", "security.capability", CAPABILITY)
        os.utime(point / "a/one", (5e9, 5e9))
        os.utime(point / "a/t60", (-1000, -1000))
        os.sync()
        expected = truth(point)
        expected.pop(b"lost+found")
        subprocess.run(["cp", path, tmp_path / "snapshot"], check=True)
    finally:
        run("umount", point)
    for name, told in ((path, 0), (tmp_path / "snapshot", 1)):
        disk = image(name)
        files = Ext4(disk.read, disk.size)
        assert listing(files, disk.read) == expected
        assert len(files.told()) == told
    found = {name: files.capability(node) for name, node, _ in walk(files, disk.read)}
    assert found[b"a/odd"] == CAPABILITY


def test_folders_of_nothing_are_bounded(tmp_path: Path, tree: Path) -> None:
    """Many folders that share the same large, empty blocks are not read without end."""
    disk = ext4(tree, tmp_path / "disk", "-t", "ext4")
    files = Ext4(disk.read, disk.size)
    many = files.node(dict(files.names(files.node(files.root)))[b"many"])
    files._space = files._space._replace(budget=Budget(100, "blocks"))
    many_times = itertools.chain.from_iterable(files.names(many) for _ in range(1_000_000))
    with pytest.raises(LimitError, match="than the disk can hold"):
        list(many_times)
