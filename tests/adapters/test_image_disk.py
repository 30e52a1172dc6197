"""Disk images as something to scan: the same answers as for the folder they were made from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from periderm.adapters.image_disk import Cached, DiskImages
from periderm.adapters.image_folder import ImageFolder
from periderm.flow.scan import Examined, examine
from periderm.model.errors import FormatError, ImageSourceError, LimitError, NotFoundError
from periderm.model.image import FileType
from periderm.model.limits import DiskLimits
from periderm.ports.image_source import TreeLayer
from tests.formats.disk.disks import CAPABILITY, MIB, ext4, joined, run, sample, tool, xfs
from tests.formats.disk.test_lvm import UUIDS, described, label, linear, logical
from tests.formats.disk.test_volumes import disk_of, plain

STATUS = "".join(
    f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\nMaintainer: x\nDescription: x\n\n"
    for name, version in (("base-files", "12.4"), ("openssl", "3.0.11-1"), ("linux-image-6.1.0-9-amd64", "6.1.27-1"))
)


def debian(folder: Path) -> Path:
    """A root file system with packages, a program, a private key and a lock file."""
    for name in ("etc", "usr/bin", "var/lib/dpkg/info", "srv/app", "root", "var/lib/docker/overlay2/x/diff/etc"):
        (folder / name).mkdir(parents=True)
    (folder / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n', encoding="utf-8")
    (folder / "etc/fstab").write_text("/dev/vg0/root / ext4\n", encoding="utf-8")
    (folder / "var/lib/dpkg/status").write_text(STATUS, encoding="utf-8")
    (folder / "var/lib/dpkg/info/openssl.list").write_text("/usr/bin/openssl\n", encoding="utf-8")
    shutil.copy("/bin/true", folder / "usr/bin/openssl")
    kind = "OPENSSH PRIVATE KEY-----\n"
    key = f"-----BEGIN {kind}{'b3BlbnNzaC1rZXktdjEA' * 12}\n-----END {kind}"
    (folder / "root/id_made_up").write_text(key, encoding="utf-8")
    lock = {"lockfileVersion": 3, "packages": {"node_modules/left-pad": {"version": "1.3.0"}}}
    (folder / "srv/app/package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return folder


def examined(source: DiskImages | ImageFolder, path: Path, name: str = "") -> Examined:
    """The answer of a whole scan."""
    with source.open(str(path), name) as image:
        return examine(image)


def facts(found: Examined) -> tuple[object, ...]:
    """What must not depend on how it was opened."""
    inventory = found.inventory
    told = sorted((f.detector, f.location, f.evidence, str(f.severity)) for f in found.findings)
    return inventory.os, sorted(map(str, inventory.packages)), sorted(map(str, inventory.executables)), told


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root file system, without what belongs to containers."""
    return debian(tmp_path_factory.mktemp("root"))


@pytest.mark.parametrize("kind", ["whole", "xfs", "partition", "qcow2", "logical"])
def test_the_same_as_of_the_folder(tmp_path: Path, tree: Path, kind: str) -> None:
    """Packages, programs and findings are those that a scan of the folder gives, whatever the disk is made of."""
    path = tmp_path / "disk"
    if kind == "xfs":
        xfs(tree, path)
    elif kind in ("whole", "qcow2"):
        ext4(tree, path, "-t", "ext4", size="16M")
        if kind == "qcow2":
            run(tool("qemu-img", "qemu-utils"), "convert", "-c", "-O", "qcow2", path, tmp_path / "disk.qcow2")
            path = tmp_path / "disk.qcow2"
    else:
        ext4(tree, tmp_path / "root.img", "-t", "ext4", size="16M")
        if kind == "partition":
            joined(path, 24 * MIB, "label: gpt\nsize=2MiB, type=U\nsize=16MiB, type=L\n", {3 * MIB: tmp_path / "root.img"})
        else:
            head = label(UUIDS[0], text=described(logical("root", linear(0, 4, 0, 1))), size=24 * MIB)
            table = "label: gpt\nsize=24MiB, type=E6D6D379-F507-44C2-A23C-238F2A3DF928\n"
            joined(path, 32 * MIB, table, {MIB: head, 2 * MIB + 4 * MIB: tmp_path / "root.img"})
    disk = examined(DiskImages(), path)
    shutil.rmtree(tmp_path / "plain", ignore_errors=True)
    shutil.copytree(tree, tmp_path / "plain", symlinks=True)
    folder = examined(ImageFolder(), tmp_path / "plain")
    assert facts(disk) == facts(folder)
    assert {p.name for p in disk.inventory.packages} >= {"openssl", "linux-image-6.1.0-9-amd64", "left-pad"}
    assert disk.inventory.source == f"disk:{path}"
    assert any("Left out on purpose" in one for one in disk.inventory.not_examined)


def test_entries_are_what_they_were(tmp_path: Path) -> None:
    """First bytes, whole content and pieces agree, in any order of asking; capabilities are told; links stay links."""
    (tmp_path / "tree").mkdir()
    tree = sample(tmp_path / "tree")
    path, value = tmp_path / "disk", tmp_path / "value"
    value.write_bytes(CAPABILITY)
    (tree / "a/odd").chmod(0o755)
    ext4(tree, path, "-t", "ext4")
    run(tool("debugfs", "e2fsprogs"), "-w", "-R", f"ea_set -f {value} a/odd security.capability", path)
    with DiskImages().open(str(path), "") as image:
        (layer,) = image.layers
        assert isinstance(layer, TreeLayer)
        found = {}
        for number, item in enumerate(layer.entries()):
            entry = item.entry
            found[entry.path] = entry
            if entry.type is FileType.REGULAR:
                expected = (tree / entry.path).read_bytes()
                if number % 2:
                    assert item.peek(16) == expected[:16]
                assert item.read() == expected
                assert item.peek(100) == expected[:100]
                assert b"".join(item.chunks()) == expected
    assert found["out"].link == "../../../etc/passwd"
    assert found["a/odd"].capabilities == 1 << 13
    assert found["a/b/c/set-uid"].mode == 0o4755
    assert found["pipe"].type is FileType.FIFO
    assert layer.missed() == ()


def test_sparse_files_and_shared_blocks_are_bounded(tmp_path: Path) -> None:
    """Holes above the limit are not filled in, and the bytes of a disk are not read again without end; both are told."""
    folder = plain(tmp_path / "tree", "x")
    with (folder / "holes").open("wb") as file:
        file.truncate(8 * MIB)
    (folder / "data").write_bytes(os.urandom(3 * MIB))
    path = tmp_path / "disk"
    ext4(folder, path, "-t", "ext4", size="16M")
    with DiskImages(DiskLimits(holes=MIB)).open(str(path), "") as image:
        (layer,) = image.layers
        assert isinstance(layer, TreeLayer)
        items = {item.entry.path: item for item in layer.entries()}
        with pytest.raises(LimitError, match="sparse"):
            items["holes"].read()
        assert items["holes"].peek(10) == b""
        assert len(items["data"].read()) == 3 * MIB


def test_a_chosen_partition(tmp_path: Path) -> None:
    """One file system alone has its own digest, name and content."""
    disk_of(tmp_path, "/dev/sda1 / ext4\n/dev/sda2 /usr ext4\n")
    path = str(tmp_path / "disk")
    with DiskImages().open(path, "") as whole, DiskImages().open(path, "2") as one:
        assert one.digest != whole.digest
        assert one.reference == f"{path} (2)"
        assert any("LUKS" in sentence for sentence in whole.missed)
        assert whole.left_out[0] == "All of the disk but / (partition 1), /usr (partition 2)."
        (layer,) = one.layers
        assert isinstance(layer, TreeLayer)
        assert "in-usr" in {item.entry.path for item in layer.entries()}
    with pytest.raises(FormatError, match="There are"), DiskImages().open(path, "7"):
        pass


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """No file, no disk, a folder, a pipe: each with what to do."""
    with pytest.raises(NotFoundError), DiskImages().open(str(tmp_path / "none"), ""):
        pass
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ImageSourceError, match="neither"), DiskImages().open(str(path), ""):
            pass
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_bytes(b"no disk" * 1000)
    for path in (tmp_path / "empty", tmp_path / "text"):
        with pytest.raises(FormatError, match="nothing that is read"), DiskImages().open(str(path), ""):
            pass


def test_a_link_of_the_person_is_followed(tmp_path: Path) -> None:
    """/dev/mapper and /dev/disk are links: the person's own one is followed to what it names."""
    ext4(plain(tmp_path / "tree", "x"), tmp_path / "disk", "-t", "ext4", size="8M")
    (tmp_path / "link").symlink_to("disk")
    with DiskImages().open(str(tmp_path / "link"), "") as image:
        assert image.source == f"disk:{tmp_path / 'link'}"


def test_nothing_is_written(tmp_path: Path) -> None:
    """The image is the same, byte for byte, and even a file that may only be read is enough."""
    path = tmp_path / "disk"
    ext4(debian(tmp_path / "tree"), path, "-t", "ext4", size="16M")
    path.chmod(0o400)
    before = path.read_bytes()
    examined(DiskImages(), path)
    assert path.read_bytes() == before


def test_the_cache_gives_the_disk() -> None:
    """Pieces that are remembered are the disk's bytes, at every edge, and are bounded."""
    data = os.urandom(300_000)
    read = Cached(lambda offset, size: data[offset : offset + size], len(data), 128 << 10)
    edges = ((0, 10), (65_530, 12), (131_000, 65_536), (299_990, 50), (300_000, 5), (-1, 5), (10, 200_000), (65_536, 1))
    for offset, size in edges:
        assert read(offset, size) == (data[offset : offset + size] if offset >= 0 else b"")


@pytest.mark.root
def test_a_block_device(tmp_path: Path) -> None:
    """A device is read as a file is, without being mounted."""
    path = tmp_path / "disk"
    ext4(debian(tmp_path / "tree"), path, "-t", "ext4", size="16M")
    device = run(tool("losetup", "mount"), "-r", "-f", "--show", path).strip()
    try:
        found = examined(DiskImages(), Path(device))
        mounts = subprocess.run(["findmnt", "-n", device], capture_output=True, check=False).stdout
    finally:
        run("losetup", "-d", device)
    assert found.inventory.os.id == "debian"
    assert mounts == b""


def test_a_huge_wrapped_disk_is_bounded(tmp_path: Path) -> None:
    """A qcow2 of some kilobytes that claims to be petabytes is opened, read as far as it is there, and ends."""
    ext4(plain(tmp_path / "tree", "x"), tmp_path / "raw", "-t", "ext4", size="8M")
    run(tool("qemu-img", "qemu-utils"), "convert", "-O", "qcow2", "-o", "cluster_size=2M", tmp_path / "raw", tmp_path / "disk")
    run(tool("qemu-img", "qemu-utils"), "resize", "-q", tmp_path / "disk", "1P")
    with DiskImages().open(str(tmp_path / "disk"), "") as image:
        (layer,) = image.layers
        assert isinstance(layer, TreeLayer)
        assert {item.entry.path for item in layer.entries()} == {"lost+found", "x"}
