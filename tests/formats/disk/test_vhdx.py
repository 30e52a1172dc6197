"""VHDX as QEMU makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.formats.disk.vhdx import open_disk
from periderm.model.errors import FormatError
from tests.formats.disk.disks import of_bytes
from tests.formats.disk.wrapped import raw, same, wrap


@pytest.mark.parametrize("options", ["subformat=dynamic,block_size=1M", "subformat=fixed,block_size=2M"])
def test_every_byte_is_what_it_was(tmp_path: Path, options: str) -> None:
    """Both forms; small blocks make a large table."""
    source = raw(tmp_path / "raw")
    disk = wrap(tmp_path / "raw", tmp_path / "disk", "vhdx", options)
    same(open_disk(disk.read), source)


@pytest.mark.parametrize(
    ("spots", "why"),
    [
        ((0,), "no VHDX"),
        ((65536 + 9, 131072 + 9), "both of its headers"),
        ((196608 + 40, 262144 + 40), "region tables"),
    ],
)
def test_damage_is_told(tmp_path: Path, spots: tuple[int, ...], why: str) -> None:
    """Each part is there twice: only both together make it unreadable."""
    source = raw(tmp_path / "raw", 1 << 20)
    data = bytearray(wrap(tmp_path / "raw", tmp_path / "disk", "vhdx", "block_size=1M").read(0, 1 << 30))
    for spot in spots:
        data[spot] ^= 1
        if spot != spots[-1]:
            same(open_disk(of_bytes(bytes(data)).read), source)
    with pytest.raises(FormatError, match=why):
        open_disk(of_bytes(bytes(data)).read)


def test_a_log_that_was_not_replayed_is_told(tmp_path: Path) -> None:
    """A file that was not closed says so."""
    from periderm.formats.disk.reading import crc32c

    raw(tmp_path / "raw", 1 << 20)
    data = bytearray(wrap(tmp_path / "raw", tmp_path / "disk", "vhdx", "block_size=1M").read(0, 1 << 30))
    for at in (65536, 131072):
        data[at + 48] = 1
        data[at + 4 : at + 8] = bytes(4)
        data[at + 4 : at + 8] = (crc32c(bytes(data[at : at + 4096])) ^ 0xFFFFFFFF).to_bytes(4, "little")
    assert "not replayed" in open_disk(of_bytes(bytes(data)).read).told[0]
