"""Disks are fed damaged bytes where a whole scan reads its tables: every table, inode, folder and map is hit.

A clean walk notes which places are read for something else than a file's content; damage goes there.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from periderm.formats.disk import capability, kernels
from periderm.formats.disk.composing import chosen, composed
from periderm.formats.disk.reading import Read, content
from periderm.formats.disk.volumes import survey
from periderm.formats.disk.walk import Walk
from periderm.formats.disk.wrapping import unwrapped
from periderm.model.errors import FormatError
from periderm.model.limits import DiskLimits
from tests.formats.disk.disks import MIB, ext4, joined, sample, xfs
from tests.formats.disk.test_lvm import UUIDS, described, label, linear, logical
from tests.formats.disk.test_volumes import system
from tests.formats.disk.wrapped import wrap

# A round reads a whole disk, some forty times the work of a round elsewhere.
ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "320")) // 4
MOST = 2_000  # entries of one round
LIMITS = DiskLimits(names=5_000, extents=5_000, folder=4 * MIB, holes=8 * MIB, zeros=16 * MIB)
EXTREMES = (b"\0" * 4, b"\xff" * 4, b"\xff" * 8, b"\x7f\xff\xff\xff", b"\0\0\0\x80", b"\1\0\0\0", b"\0\0\0\1")


def look(read: Read, size: int) -> int:
    """A whole scan's way through a disk; the number of entries. Raises FormatError."""
    disk = unwrapped(read, size, LIMITS)
    found = survey(disk.read, disk.size, LIMITS)
    whole = composed(found)
    for place in found.places:
        if place.files is not None:
            chosen(found, place.names[0])
    kernels.kernels(whole)
    entries, left = 0, 8 * MIB
    for one in Walk(whole.mounts, (), LIMITS).found():
        entries += 1
        files, node = one.place.files, one.node
        if files is None or entries > MOST or left <= 0:
            break
        try:
            capability.permitted(files.capability(node))
            if node.kind == 0o100000 and files.inline(node) is None and node.size < 4 * MIB:
                for piece in content(one.place.read, files.runs(node), node.size, "x"):
                    left -= len(piece)
        except FormatError:
            continue
    return entries


def small_tree(folder: Path) -> Path:
    """A root file system with every kind of folder, and few names."""
    system(folder, "/dev/sda1 / auto\n")
    sample(folder / "srv")
    for path in list((folder / "srv/many").iterdir())[:500]:
        path.unlink()
    return folder


def made(folder: Path, kind: str) -> Path:
    """One disk of each kind."""
    path, tree = folder / "disk", small_tree(folder / "tree")
    if kind.startswith("xfs"):
        xfs(tree, path, "-m", "crc=0" if kind == "xfs4" else "crc=1")
        return path
    options = {"ext2": "-t ext2 -b 1024", "ext4-inline": "-t ext4 -O inline_data,^metadata_csum"}
    given = options.get(kind, "-t ext4 -b 1024 -O ^metadata_csum,^has_journal").split()
    ext4(tree, folder / "root.img", *given, size="12M")
    if kind == "gpt":
        joined(path, 16 * MIB, "label: gpt\nsize=12MiB, type=L\n", {MIB: folder / "root.img"})
    elif kind == "lvm":
        head = label(UUIDS[0], text=described(logical("root", linear(0, 3, 0, 0))))
        joined(path, 16 * MIB, "", {0: head, MIB: folder / "root.img"})
    elif kind in ("qcow2", "vmdk", "vpc", "vhdx"):
        wrap(folder / "root.img", path, kind, "block_size=1M" if kind == "vhdx" else "")
    else:
        return folder / "root.img"
    return path


KINDS = ("ext2", "ext4", "ext4-inline", "xfs4", "xfs5", "gpt", "lvm", "qcow2", "vmdk", "vpc", "vhdx")


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_an_error_and_nothing_else(tmp_path: Path, kind: str) -> None:
    """No damage to what describes a disk makes it raise anything but FormatError, and every round ends."""
    path = made(tmp_path, kind)
    descriptor, size = os.open(path, os.O_RDONLY), path.stat().st_size
    spots: set[tuple[int, int]] = set()

    def plain(offset: int, wanted: int) -> bytes:
        return os.pread(descriptor, wanted, offset) if 0 <= offset < 1 << 62 else b""

    def noted(offset: int, wanted: int) -> bytes:
        if wanted <= 70_000:
            spots.add((offset, wanted))
        return plain(offset, wanted)

    try:
        whole = look(noted, size)
        assert whole > 100
        rounds(kind, sorted(spots), plain, size)
    finally:
        os.close(descriptor)


def rounds(kind: str, spots: list[tuple[int, int]], plain: Read, size: int) -> None:
    """Damage after damage; some must be noticed."""
    chance = random.Random(kind)
    changed = 0
    for round_ in range(ROUNDS):
        damage: dict[int, bytes] = {}
        for _ in range(chance.randint(1, 5)):
            at, length = chance.choice(spots)
            at += chance.randrange(min(length, 512) if chance.random() < 0.7 else length)
            damage[at] = chance.choice(EXTREMES) if chance.random() < 0.5 else chance.randbytes(chance.randint(1, 4))
        end = chance.randrange(size) if chance.random() < 0.05 else size
        try:
            changed += look(damaged(plain, damage, end), end) < 100
        except FormatError:
            changed += 1
        except Exception as error:  # noqa: BLE001 -- this is what is searched for: told with the damage that makes it
            pytest.fail(f"round {round_} of {kind}: {type(error).__name__}: {error} for {damage} of {end}")
    assert changed > 0


def damaged(plain: Read, damage: dict[int, bytes], end: int) -> Callable[[int, int], bytes]:
    """A reader of the disk with other bytes in some places, up to an end."""

    def read(offset: int, wanted: int) -> bytes:
        data = plain(offset, max(0, min(wanted, end - offset)))
        for at, other in damage.items():
            if at < offset + len(data) and at + len(other) > offset:
                first = max(0, at - offset)
                piece = other[max(0, offset - at) :][: len(data) - first]
                data = data[:first] + piece + data[first + len(piece) :]
        return data

    return read
