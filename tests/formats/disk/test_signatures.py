"""What lies in a partition is named by its first bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.signatures import identify
from tests.formats.disk.disks import ext4, of_bytes, run, tool


def test_what_is_read_here(tmp_path: Path) -> None:
    """ext and empty space, as they really look."""
    assert identify(ext4(None, tmp_path / "e", "-t", "ext2", size="4M").read).kind == "ext"
    assert identify(of_bytes(bytes(1 << 20)).read).kind == "empty"
    assert identify(of_bytes(b"\1" + bytes(1 << 20)).read).kind == "other"


def test_swap(tmp_path: Path) -> None:
    """As mkswap makes it."""
    (tmp_path / "swap").write_bytes(bytes(1 << 20))
    run(tool("mkswap", "util-linux"), tmp_path / "swap")
    assert identify(of_bytes((tmp_path / "swap").read_bytes()).read).kind == "swap"


@pytest.mark.parametrize(
    ("offset", "mark", "name"),
    [
        (0, b"LUKS\xba\xbe\x00\x02", "LUKS"),
        (0x10040, b"_BHRfS_M", "btrfs"),
        (0, b"hsqs", "squashfs"),
        (3, b"NTFS    ", "NTFS"),
        (82, b"FAT32   ", "FAT"),
        (0x1000, b"\xfc\x4e\x2b\xa9", "RAID"),
        (132 << 10, b"\x0c\xb1\xba\x00", "ZFS"),
        (512, b"LABELONE" + bytes(16) + b"LVM2 001", "LVM"),
    ],
)
def test_what_is_only_named(offset: int, mark: bytes, name: str) -> None:
    """A volume that is not read here is called by its name."""
    data = bytearray(300 << 10)
    data[offset : offset + len(mark)] = mark
    assert name in identify(of_bytes(bytes(data)).read).name


@given(st.binary(max_size=5000))
def test_any_bytes_have_a_name(data: bytes) -> None:
    """Nothing is left without an answer."""
    assert identify(of_bytes(data).read).name
