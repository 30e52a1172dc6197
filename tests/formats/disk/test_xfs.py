"""XFS of both versions as mkfs.xfs makes it, against the folders it was made from."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from periderm.formats.disk.reading import crc32c
from periderm.formats.disk.xfs import Xfs
from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import DiskLimits
from tests.formats.disk.disks import CAPABILITY, image, listing, of_bytes, run, sample, tool, truth, walk, xfs

SETS = [
    "-m crc=1",
    "-m crc=0",
    "-m crc=0 -n ftype=0",
    "-m crc=1 -n size=8192",
    "-m crc=1 -b size=1024",
    "-m crc=0 -b size=512",
    "-i nrext64=1",
    "-m bigtime=0 -i size=1024",
    "-d agcount=7",
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree that every file system here holds."""
    tool("mkfs.xfs", "xfsprogs")
    return sample(tmp_path_factory.mktemp("tree"))


def timeless(found: dict[bytes, tuple[int, int, int, int, object]]) -> dict[bytes, tuple[int, int, int, object]]:
    """A prototype says nothing of times."""
    return {path: (kind, mode, owner, what) for path, (kind, mode, owner, _, what) in found.items()}


@pytest.mark.parametrize("options", SETS)
def test_every_file_is_what_it_was(tmp_path: Path, tree: Path, options: str) -> None:
    """Types, modes, owners, links and the content of every file are those of the folder; short, single-block and larger
    folders are among them."""
    disk = xfs(tree, tmp_path / "disk", *options.split())
    files = Xfs(disk.read, disk.size)
    assert timeless(listing(files, disk.read)) == timeless(truth(tree))
    assert files.told() == []


def test_names_of_a_volume(tmp_path: Path, tree: Path) -> None:
    """UUID and label are those that fstab would name."""
    uuid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    disk = xfs(tree, tmp_path / "disk", "-m", f"uuid={uuid}", "-L", "some-root")
    files = Xfs(disk.read, disk.size)
    assert (files.name, files.uuid, files.label) == ("xfs", uuid, "some-root")


def changed(data: bytes, offset: int, value: bytes) -> bytes:
    """A superblock with other bytes and a checksum that holds."""
    block = bytearray(data[:512])
    block[offset : offset + len(value)] = value
    block[224:228] = bytes(4)
    block[224:228] = (crc32c(bytes(block)) ^ 0xFFFFFFFF).to_bytes(4, "little")
    return bytes(block) + data[512:]


@pytest.mark.parametrize(
    ("offset", "value", "why"),
    [
        (0, b"XFSA", "no XFS"),
        (100, b"\xb4\xa3", "version 3"),
        (216, b"\0\0\x40\0", "features that are not known"),
        (4, b"\0\0\x10\x01", "block size"),
        (104, b"\0\x07", "inodes of 7"),
        (84, bytes(4), "no size"),
        (192, b"\x09", "folders' blocks"),
    ],
)
def test_superblocks_that_cannot_be(tmp_path: Path, tree: Path, offset: int, value: bytes, why: str) -> None:
    """What is no such file system, or one that this reader does not know, is refused with the reason."""
    disk = xfs(tree, tmp_path / "disk")
    data = changed(disk.read(0, 4096), offset, value)
    with pytest.raises(FormatError, match=why):
        Xfs(lambda at, size: data[at : at + size] if at < 4096 else disk.read(at, size), disk.size)


def test_the_checksum_is_verified_and_what_is_cut_is_told(tmp_path: Path, tree: Path) -> None:
    """A flipped bit in the superblock is an error; the first part of a volume says that it is one."""
    disk = xfs(tree, tmp_path / "disk")
    data = bytearray(disk.read(0, 512))
    data[112] ^= 1
    with pytest.raises(FormatError, match="checksum"):
        Xfs(of_bytes(bytes(data)).read, disk.size)
    assert "larger than what is there" in Xfs(disk.read, disk.size - 4096).told()[0]


def test_folders_and_links_beyond_the_limits(tmp_path: Path, tree: Path) -> None:
    """A folder or a link that is larger than what is read is told, and so is an inode that is another one."""
    disk = xfs(tree, tmp_path / "disk")
    files = Xfs(disk.read, disk.size, DiskLimits(folder=8192, link=100))
    below = dict(files.names(files.node(files.root)))
    with pytest.raises(LimitError, match="folder of"):
        list(files.names(files.node(below[b"many"])))
    with pytest.raises(LimitError, match="link of 200"):
        files.link(files.node(below[b"long"]))
    for number in (1, 1 << 40, 1 << 63):
        with pytest.raises(FormatError):
            files.node(number)


@pytest.mark.root
@pytest.mark.parametrize("options", ["-m crc=1", "-b size=1024 -m bigtime=0"])
def test_what_the_kernel_wrote(tmp_path: Path, tree: Path, options: str) -> None:
    """A file system that Linux itself wrote: B+trees of extents, folders with an index tree, shared blocks, long links,
    attributes in the inode and in blocks, devices; mounted, its log says that it is not empty, unmounted that it is."""
    path, point = tmp_path / "disk", tmp_path / "mounted"
    with path.open("wb") as file:
        file.truncate(400 << 20)
    run(tool("mkfs.xfs", "xfsprogs"), "-q", *options.split(), path)
    point.mkdir()
    if subprocess.run(["mount", "-o", "loop", path, point], capture_output=True, check=False).returncode:
        pytest.skip("this kernel does not mount XFS")
    try:
        run("cp", "-a", "--sparse=always", f"{tree}/.", point)
        with (point / "fragments").open("wb") as file:
            for number in range(1500):
                file.seek(number * 8192)
                file.write(b"%d" % number)
        (point / "huge").mkdir()
        for number in range(4000):
            (point / "huge" / ("n" * 60 + str(number))).touch()
        for number in range(0, 700, 3):
            (point / "many" / f"a-file-with-a-rather-long-name-{number:05d}").unlink()
        (point / "longer").symlink_to("y" * 900)
        run("cp", "--reflink=auto", point / "a/big", point / "shared")
        os.mknod(point / "device", 0o060640, os.makedev(259, 200_000))
        os.setxattr(point / "a/odd", "security.capability", CAPABILITY)
        for number in range(30):
            os.setxattr(point / "a/one", f"user.n{number}", b"v" * 200)
        os.setxattr(point / "a/one", "security.capability", CAPABILITY)
        os.utime(point / "a/t60", (-1000, -1000))
        os.sync()
        expected = truth(point)
        live = image(path)
        (told,) = Xfs(live.read, live.size).told()
        assert "not replayed" in told
    finally:
        run("umount", point)
    disk = image(path)
    files = Xfs(disk.read, disk.size)
    assert files.told() == []
    assert listing(files, disk.read) == expected
    found = {name: files.capability(node) for name, node, _ in walk(files, disk.read) if node.kind == stat.S_IFREG}
    assert found[b"a/odd"] == found[b"a/one"] == CAPABILITY
    assert found[b"a/tiny"] == b""
