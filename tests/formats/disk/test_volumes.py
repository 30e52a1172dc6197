"""What a disk holds, and small looks into its file systems: on real disks."""

from __future__ import annotations

from pathlib import Path

from periderm.formats.disk.volumes import Survey, lookup, rootness, small, survey
from tests.formats.disk.disks import MIB, Image, ext4, joined
from tests.formats.disk.test_lvm import UUIDS, described, label

USR = "11111111-2222-3333-4444-555555555555"
TABLE = 'label: gpt\nsize=8MiB, type=L\nsize=24MiB, type=L, name="usr part"\nsize=8MiB, type=S\nsize=8MiB, type=L\n'


def system(folder: Path, fstab: str = "") -> Path:
    """A small root file system."""
    (folder / "etc").mkdir(parents=True)
    (folder / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\n", encoding="utf-8")
    (folder / "etc/fstab").write_text(fstab, encoding="utf-8")
    (folder / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n", encoding="utf-8")
    for name in ("usr", "var", "srv"):
        (folder / name).mkdir()
    return folder


def plain(folder: Path, name: str) -> Path:
    """A folder with one file."""
    folder.mkdir()
    (folder / name).write_text(name, encoding="utf-8")
    return folder


def disk_of(tmp_path: Path, fstab: str) -> Image:
    """Root, /usr, swap that LUKS looks like, and data on GPT."""
    root, usr, data = tmp_path / "root.img", tmp_path / "usr.img", tmp_path / "data.img"
    ext4(system(tmp_path / "root", fstab), root, "-t", "ext4", size="8M")
    ext4(plain(tmp_path / "usr", "in-usr"), usr, "-t", "ext4", "-U", USR, "-L", "the-usr", size="24M")
    ext4(plain(tmp_path / "data", "in-data"), data, "-t", "ext2", size="8M")
    starts = [MIB, 9 * MIB, 33 * MIB, 41 * MIB]
    parts: dict[int, bytes | Path] = dict(zip(starts, [root, usr, b"LUKS\xba\xbe\0\2", data], strict=True))
    return joined(tmp_path / "disk", 56 * MIB, TABLE, parts)


def test_looking_up(tmp_path: Path) -> None:
    """Paths are followed through folders only; links are not."""
    folder = system(tmp_path / "root", "x")
    (folder / "link").symlink_to("etc")
    disk = ext4(folder, tmp_path / "disk", "-t", "ext4", size="8M")
    found: Survey = survey(disk.read, disk.size)
    files = found.places[0].files
    assert files is not None
    assert lookup(files, "etc/fstab") is not None
    assert lookup(files, "link/fstab") is lookup(files, "etc/none") is lookup(files, "etc/fstab/x") is None
    assert small(found.places[0], "link/fstab") == small(found.places[0], "etc") == b""


def test_damaged_groups_are_told(tmp_path: Path) -> None:
    """A volume group whose description does not hold is said, and the rest of the disk is read."""
    root = tmp_path / "root.img"
    ext4(system(tmp_path / "root"), root, "-t", "ext4", size="8M")
    broken = bytearray(label(UUIDS[0], text=described()))
    broken[8192 + 3] ^= 1
    table = "label: dos\nsize=8MiB\nsize=8MiB, type=8e\n"
    disk = joined(tmp_path / "disk", 24 * MIB, table, {MIB: root, 9 * MIB: bytes(broken)})
    first, second = survey(disk.read, disk.size).places
    assert first.files is not None
    assert (second.files, "LVM" in second.why) == (None, True)


def test_every_place_has_its_names(tmp_path: Path) -> None:
    """Number, UUIDs, labels and type of each partition; what is not read says what it is."""
    disk = disk_of(tmp_path, "")
    found = survey(disk.read, disk.size).places
    assert [place.name for place in found] == [f"partition {n}" for n in (1, 2, 3, 4)]
    assert {"2", f"UUID={USR}", "LABEL=the-usr", "PARTLABEL=usr part"} <= set(found[1].names)
    assert [rootness(place) for place in found] == [7, 0, 0, 0]
    assert "LUKS" in found[2].content.name
    assert found[2].type == "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"
