"""Which file system is the root, and what belongs to it: on real disks of partitions and logical volumes."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.formats.disk.composing import Whole, at, chosen, composed
from periderm.formats.disk.volumes import rootness, small, survey
from periderm.model.errors import FormatError
from tests.formats.disk.disks import MIB, ext4, joined, of_bytes
from tests.formats.disk.test_lvm import UUIDS, described, label, linear, logical
from tests.formats.disk.test_volumes import USR, disk_of, plain, system


def tree(whole: Whole) -> dict[str, str]:
    """{mount point: place}."""
    return {point: place.name for point, place in whole.mounts.items()}


@pytest.mark.parametrize("device", [f"UUID={USR}", "LABEL=the-usr", 'PARTLABEL="usr part"', "/dev/sda2", "/dev/nvme0n1p2"])
def test_the_root_and_what_it_mounts(tmp_path: Path, device: str) -> None:
    """However fstab names a volume of the same disk, it is put in its place; what is not read, not mounted, or not here is
    said."""
    device = device.replace("usr part", "usr\\040part")
    disk = disk_of(tmp_path, f"/dev/root / ext4\n{device} /usr ext4\nUUID=not-here /srv xfs\n")
    whole = composed(survey(disk.read, disk.size))
    assert tree(whole) == {"": "partition 1", "usr": "partition 2"}
    assert any("Partition 3" in one and "LUKS" in one for one in whole.missed)
    assert any("Partition 4" in one and "--partition 4" in one for one in whole.missed)
    assert whole.left_out == ("/srv is mounted from UUID=not-here, which is not on this disk.",)


def test_the_name_of_another_disk_is_not_this_one(tmp_path: Path) -> None:
    """Where the root's own line names a disk, a number on another disk is not taken for one of this disk."""
    disk = disk_of(tmp_path, "/dev/sda1 / ext4\n/dev/sdb2 /usr ext4\n")
    whole = composed(survey(disk.read, disk.size))
    assert tree(whole) == {"": "partition 1"}
    assert "/dev/sdb2" in whole.left_out[0]


@pytest.mark.parametrize("name", ["2", USR, "the-usr", f"UUID={USR.upper()}", "usr part"])
def test_a_chosen_volume(tmp_path: Path, name: str) -> None:
    """One file system alone, by all its names."""
    disk = disk_of(tmp_path, "")
    whole = chosen(survey(disk.read, disk.size), name)
    assert tree(whole) == {"": "partition 2"}
    assert small(whole.mounts[""], "in-usr") == b"in-usr"


def test_what_cannot_be_chosen(tmp_path: Path) -> None:
    """What is not there names what is; what is not read says what it is."""
    disk = disk_of(tmp_path, "")
    found = survey(disk.read, disk.size)
    with pytest.raises(FormatError, match="There are: 1, 2, 4"):
        chosen(found, "9")
    with pytest.raises(FormatError, match="LUKS"):
        chosen(found, "3")


def test_logical_volumes(tmp_path: Path) -> None:
    """Root and /var in a volume group; a thin volume is named."""
    root, var = tmp_path / "root.img", tmp_path / "var.img"
    ext4(system(tmp_path / "root", "/dev/mapper/vg--0-root / ext4\n/dev/vg-0/var /var ext4\n"), root, "-t", "ext4", size="8M")
    ext4(plain(tmp_path / "var", "in-var"), var, "-t", "ext4", size="8M")
    thin = logical("thin", 'start_extent = 0 extent_count = 1 type = "thin"')
    text = described(logical("root", linear(0, 2, 0, 0)), logical("var", linear(0, 2, 0, 2)), thin, group="vg-0")
    head = label(UUIDS[0], text=text)
    disk = joined(tmp_path / "disk", 24 * MIB, "", {0: head, MIB: root, 9 * MIB: var})
    whole = composed(survey(disk.read, disk.size))
    assert tree(whole) == {"": "vg-0/root", "var": "vg-0/var"}
    assert any("thin" in one for one in whole.missed)
    assert tree(chosen(survey(disk.read, disk.size), "vg-0/var")) == {"": "vg-0/var"}


def test_disks_without_a_root(tmp_path: Path) -> None:
    """One file system is read as it is; several become folders beside each other; none is an error that says what is there."""
    data = tmp_path / "data.img"
    one = ext4(plain(tmp_path / "data", "in-data"), data, "-t", "ext4", size="8M")
    assert tree(composed(survey(one.read, one.size))) == {"": "the whole disk"}
    two = joined(tmp_path / "two", 24 * MIB, "label: dos\nsize=8MiB\nsize=8MiB\n", {MIB: data, 9 * MIB: data})
    whole = composed(survey(two.read, two.size))
    assert tree(whole) == {"partition-1": "partition 1", "partition-2": "partition 2"}
    nothing = of_bytes(bytes(MIB))
    with pytest.raises(FormatError, match="nothing that is read here"):
        composed(survey(nothing.read, nothing.size))


def test_two_roots(tmp_path: Path) -> None:
    """The first counts; the other is a finding that says how to look at it."""
    root = tmp_path / "root.img"
    ext4(system(tmp_path / "root"), root, "-t", "ext4", size="8M")
    disk = joined(tmp_path / "disk", 24 * MIB, "label: dos\nsize=8MiB\nsize=8MiB\n", {MIB: root, 9 * MIB: root})
    found = survey(disk.read, disk.size)
    whole = composed(found)
    assert tree(whole) == {"": "partition 1"}
    assert any("another root file system" in one and "--partition 2" in one for one in whole.missed)
    assert [rootness(place) for place in found.places] == [7, 7]


def test_partitions_that_need_no_fstab(tmp_path: Path) -> None:
    """/var by the type of its partition, as systemd mounts it, where the root has an empty folder for it and fstab says
    nothing of it; and a path is found in the volume where it lies."""
    root, var = tmp_path / "root.img", tmp_path / "var.img"
    ext4(system(tmp_path / "root"), root, "-t", "ext4", size="8M")
    ext4(plain(tmp_path / "var", "in-var"), var, "-t", "ext4", size="8M")
    table = "label: gpt\nsize=8MiB, type=L\nsize=8MiB, type=4D21B016-B534-45C2-A9FB-5C16E091FD2D\n"
    disk = joined(tmp_path / "disk", 24 * MIB, table, {MIB: root, 9 * MIB: var})
    whole = composed(survey(disk.read, disk.size))
    assert tree(whole) == {"": "partition 1", "var": "partition 2"}
    found = [at(whole, path) for path in ("var/in-var", "var", "etc/fstab", "var/none", "none")]
    assert [one[0].name if one is not None else "" for one in found] == ["partition 2", "partition 2", "partition 1", "", ""]
    (tmp_path / "root/var/full").touch()
    ext4(tmp_path / "root", root, "-t", "ext4", size="8M")
    full = joined(tmp_path / "disk", 24 * MIB, table, {MIB: root, 9 * MIB: var})
    assert tree(composed(survey(full.read, full.size))) == {"": "partition 1"}
