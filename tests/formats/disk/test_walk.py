"""Walking trees, whole ones and hostile ones."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from periderm.formats.disk.composing import composed
from periderm.formats.disk.reading import Node, Run
from periderm.formats.disk.signatures import Content
from periderm.formats.disk.volumes import Place, survey
from periderm.formats.disk.walk import Walk
from periderm.model.errors import FormatError
from periderm.model.limits import DiskLimits
from tests.formats.disk.disks import ext4, of_bytes, sample, truth
from tests.formats.disk.test_volumes import disk_of


class Fake:
    """A file system in memory: {number: {name: number}} are folders, other numbers are files."""

    name, uuid, label, root = "fake", "", "", 1

    def __init__(self, folders: dict[int, dict[bytes, int]]) -> None:
        self.folders = folders

    def node(self, number: int) -> Node:
        """A folder, a link (above 1000), or a file whose place on the disk goes down with its number."""
        if number > 2000:
            raise FormatError("it is damaged.")
        kind = (
            0 if number == 78 else stat.S_IFDIR if number in self.folders else stat.S_IFLNK if number > 1000 else stat.S_IFREG
        )
        return Node(number, kind, 0o755, 0, 0, 1 << 62 if number == 77 else 0, 0, 1000 - number, b"")

    def names(self, folder: Node) -> Iterator[tuple[bytes, int]]:
        """As they were given."""
        yield from self.folders[folder.number].items()

    def runs(self, node: Node) -> Sequence[Run]:
        """None."""
        return []

    def inline(self, node: Node) -> bytes | None:
        """None."""
        return None

    def link(self, node: Node) -> bytes:
        """A target."""
        return b"../../etc/shadow"

    def capability(self, node: Node) -> bytes:
        """None."""
        return b""

    def closed(self, node: Node) -> str:
        """One folder is encrypted."""
        return "it is encrypted" if node.number == 50 else ""

    def told(self) -> Sequence[str]:
        """Nothing."""
        return []


def place(folders: dict[int, dict[bytes, int]], name: str = "partition 1") -> Place:
    """The file system in its place."""
    return Place(name=name, names=("1",), read=of_bytes(b"").read, content=Content("ext", "fake"), files=Fake(folders))


def paths(walk: Walk) -> list[bytes]:
    """All paths in order."""
    return [one.path for one in walk.found()]


def test_folders_first_and_files_as_they_lie() -> None:
    """Files come in the order of the disk, everything else in the order of names; both are complete."""
    walk = Walk({"": place({1: {b"b": 10, b"a": 20, b"d": 2, b"l": 1001}, 2: {b"x": 30}})})
    assert paths(walk) == [b"d", b"l", b"d/x", b"a", b"b"]
    assert walk.told == []
    small = Walk({"": place({1: {b"b": 10, b"a": 20}})}, limits=DiskLimits(window=1))
    assert paths(small) == [b"a", b"b"]


def test_loops_end_and_are_told() -> None:
    """A folder that holds itself, its parent, or is in two places is entered once."""
    walk = Walk({"": place({1: {b"a": 2, b"b": 2}, 2: {b"self": 2, b"up": 1}})})
    assert paths(walk) == [b"a", b"a/self", b"a/up", b"b"]
    assert len(walk.told) == 3
    assert all("two ways" in one for one in walk.told)


def test_what_cannot_be_read_is_told() -> None:
    """Names that cannot be, damaged inodes and encrypted folders are said and left out; the rest is there."""
    odd = {b"../../etc/passwd": 3, b"": 4, b"nul\0": 5, b"bad": 3000, b"good": 6, b"secret": 50}
    walk = Walk({"": place({1: odd, 50: {b"x": 7}})})
    assert paths(walk) == [b"secret", b"good"]
    assert len(walk.told) == 5
    assert any("encrypted" in one for one in walk.told)
    empty = Walk({"": place({1: {b"unwritten": 78}})})
    assert paths(empty) == []
    assert "not written yet" in empty.told[0]
    huge = Walk({"": place({1: {b"huge": 77}})})
    assert paths(huge) == []
    assert "not read" in huge.told[0]
    many = Walk({"": place({1: {b"n%d" % n: 3000 for n in range(60)}})})
    assert paths(many) == []
    assert many.told[-1] == "40 more entries could not be read."


def test_depth_and_names_are_bounded() -> None:
    """Folders in folders without end, and more names than are read, are said."""
    deep = Walk({"": place({n: {b"d": n + 1} for n in range(1, 400)})}, limits=DiskLimits(depth=10))
    assert len(paths(deep)) == 10
    assert "deeper than 10" in deep.told[0]
    wide = Walk({"": place({1: {b"%d" % n: 9 for n in range(50)}})}, limits=DiskLimits(names=20))
    assert len(paths(wide)) == 20
    assert "more names" in wide.told[0]


def test_mounts_and_what_is_left_out() -> None:
    """A mounted volume hides what lies below it; a folder that is left out is listed; a mount without a folder is told."""
    root = place({1: {b"usr": 2, b"skip": 3}, 2: {b"hidden": 9}, 3: {b"x": 9}})
    walk = Walk({"": root, "usr": place({1: {b"bin": 9}}, "b"), "none": place({1: {}}, "c")}, ("skip",))
    assert paths(walk) == [b"skip", b"usr", b"usr/bin"]
    assert "no such folder" in walk.told[0]
    beside = Walk({"one": root, "two": place({1: {b"bin": 9}}, "b")})
    assert set(paths(beside)) >= {b"one", b"two", b"one/usr/hidden", b"two/bin"}


@pytest.mark.parametrize("window", [7, 100_000])
def test_a_real_tree_is_whole(tmp_path: Path, window: int) -> None:
    """Every entry of a real file system once, folders before what they hold."""
    (tmp_path / "tree").mkdir()
    tree = sample(tmp_path / "tree")
    disk = ext4(tree, tmp_path / "disk", "-t", "ext4")
    found = paths(Walk(composed(survey(disk.read, disk.size)).mounts, limits=DiskLimits(window=window)))
    assert set(found) == {*truth(tree), b"lost+found"}
    assert len(found) == len(set(found))
    seen: set[bytes] = {b""}
    for path in found:
        assert path.rpartition(b"/")[0] in seen
        seen.add(path)


def test_several_real_volumes_are_one_tree(tmp_path: Path) -> None:
    """Root and /usr from two partitions."""
    disk = disk_of(tmp_path, "/dev/sda1 / ext4\n/dev/sda2 /usr ext4\n")
    walk = Walk(composed(survey(disk.read, disk.size)).mounts)
    assert {b"etc/os-release", b"usr/in-usr"} <= set(paths(walk))
    assert walk.told == []
