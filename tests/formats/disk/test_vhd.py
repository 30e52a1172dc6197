"""VHD as QEMU makes it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from periderm.formats.disk.vhd import open_disk
from periderm.model.errors import FormatError
from tests.formats.disk.disks import of_bytes
from tests.formats.disk.wrapped import raw, same, wrap


@pytest.mark.parametrize("options", ["subformat=dynamic", "subformat=fixed"])
def test_every_byte_is_what_it_was(tmp_path: Path, options: str) -> None:
    """Both forms."""
    source = raw(tmp_path / "raw")
    disk = wrap(tmp_path / "raw", tmp_path / "disk", "vpc", options)
    same(open_disk(disk.read, disk.size), source)


def summed(foot: bytes) -> bytes:
    """A footer with a checksum that holds."""
    total = ~(sum(foot[:64]) + sum(foot[68:])) & 0xFFFFFFFF
    return foot[:64] + struct.pack(">I", total) + foot[68:]


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    """Differences only, damaged footers and headers, tables that are too short or too long."""
    raw(tmp_path / "raw", 1 << 20)
    data = wrap(tmp_path / "raw", tmp_path / "disk", "vpc", "subformat=dynamic").read(0, 1 << 30)
    foot = data[-512:]
    changes = {
        "differs from another": (summed(foot[:60] + struct.pack(">I", 4) + foot[64:]), data[:-512]),
        "footer is damaged": (foot[:70] + b"x" + foot[71:], b"\0" + data[1:-512]),
        "header is damaged": (summed(foot[:16] + struct.pack(">Q", 8) + foot[24:]), data[:-512]),
        "shorter": (summed(foot[:48] + struct.pack(">Q", 1 << 50) + foot[56:]), data[:-512]),
    }
    for why, (end, body) in changes.items():
        with pytest.raises(FormatError, match=why):
            open_disk(of_bytes(body + end).read, len(data))


def test_a_lost_footer_is_found_at_the_begin(tmp_path: Path) -> None:
    """A dynamic disk carries its footer twice."""
    source = raw(tmp_path / "raw", 1 << 20)
    data = wrap(tmp_path / "raw", tmp_path / "disk", "vpc", "subformat=dynamic").read(0, 1 << 30)[:-512] + bytes(512)
    same(open_disk(of_bytes(data).read, len(data)), source)
