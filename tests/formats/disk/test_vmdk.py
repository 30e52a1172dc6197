"""VMDK as QEMU makes it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from periderm.formats.disk.vmdk import open_disk
from periderm.model.errors import FormatError
from tests.formats.disk.disks import of_bytes, run, tool
from tests.formats.disk.wrapped import raw, same, wrap


@pytest.mark.parametrize("options", ["subformat=monolithicSparse", "subformat=streamOptimized", "zeroed_grain=on"])
def test_every_byte_is_what_it_was(tmp_path: Path, options: str) -> None:
    """Plain, compressed, and with marked zeros."""
    source = raw(tmp_path / "raw")
    disk = wrap(tmp_path / "raw", tmp_path / "disk", "vmdk", options)
    same(open_disk(disk.read, disk.size), source)


def test_what_needs_another_file_is_refused(tmp_path: Path) -> None:
    """A description of other files, and what only holds differences: no path in them is opened."""
    raw(tmp_path / "raw")
    disk = wrap(tmp_path / "raw", tmp_path / "flat.vmdk", "vmdk", "subformat=monolithicFlat")
    with pytest.raises(FormatError, match="describes other files"):
        open_disk(disk.read, disk.size)
    wrap(tmp_path / "raw", tmp_path / "base.vmdk", "vmdk")
    made = ("create", "-q", "-f", "vmdk", "-b", tmp_path / "base.vmdk", "-F", "vmdk", tmp_path / "child.vmdk")
    run(tool("qemu-img", "qemu-utils"), *made)
    data = (tmp_path / "child.vmdk").read_bytes()
    with pytest.raises(FormatError, match="differs from another disk"):
        open_disk(of_bytes(data).read, len(data))


@pytest.mark.parametrize(
    ("offset", "value", "why"),
    [
        (4, struct.pack("<I", 9), "version 9"),
        (20, struct.pack("<Q", 3), "grains of 3"),
        (20, struct.pack("<Q", 1 << 40), "grains of"),
        (44, struct.pack("<I", 0), "grains of"),
        (12, struct.pack("<Q", 1 << 55), "most that is read"),
        (56, struct.pack("<Q", 1 << 50), "beyond the end"),
    ],
)
def test_headers_that_cannot_be(tmp_path: Path, offset: int, value: bytes, why: str) -> None:
    """Sizes that no disk has are refused; nothing is allocated for them."""
    raw(tmp_path / "raw", 1 << 20)
    data = bytearray(wrap(tmp_path / "raw", tmp_path / "disk", "vmdk").read(0, 1 << 30))
    data[offset : offset + len(value)] = value
    with pytest.raises(FormatError, match=why):
        open_disk(of_bytes(bytes(data)).read, len(data))


def test_damaged_grains_are_told(tmp_path: Path) -> None:
    """A compressed grain that does not inflate is an error."""
    raw(tmp_path / "raw")
    data = bytearray(wrap(tmp_path / "raw", tmp_path / "disk", "vmdk", "subformat=streamOptimized").read(0, 1 << 30))
    for at in range(70_000, len(data) - 40_000, 9):
        data[at] ^= 0x55
    disk = open_disk(of_bytes(bytes(data)).read, len(data))
    with pytest.raises(FormatError):
        disk.read(0, disk.size)
