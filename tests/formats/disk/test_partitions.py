"""Partition tables as sfdisk makes them, and damaged ones."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.partitions import partitions
from periderm.model.errors import FormatError
from tests.formats.disk.disks import MIB, ext4, joined, of_bytes, run, tool

GPT = (
    "label: gpt\n"
    "start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649\n"
    'size=8192, type=U, name="EFI system"\n'
    'size=16384, type=L, name="root – ü"\n'
)
MBR = (
    "label: dos\nsize=4096, type=83, bootable\nsize=2048, type=82\nsize=20480, type=5\nsize=4096, type=83\nsize=4096, type=8e\n"
)


@pytest.mark.parametrize("table", [GPT, MBR])
def test_tables_are_what_sfdisk_says(tmp_path: Path, table: str) -> None:
    """Starts, sizes, UUIDs and names of all partitions, primary, extended and logical, as another reader tells them."""
    path = tmp_path / "disk"
    disk = joined(path, 32 * MIB, table, {})
    found = partitions(disk.read, disk.size)
    told = json.loads(run(tool("sfdisk", "fdisk"), "-J", path))["partitiontable"]["partitions"]
    expected = [
        (
            int(p["node"].removeprefix(str(path))),
            p["start"] * 512,
            p["size"] * 512,
            p.get("uuid", "").lower(),
            p.get("name", ""),
        )
        for p in told
        if p["type"] != "5"
    ]
    if table is MBR:
        identity = found.partitions[0].uuid.partition("-")[0]
        expected = [(n, start, size, f"{identity}-{n:02x}", "") for n, start, size, _, _ in expected]
    assert [(p.number, p.start, p.size, p.uuid, p.label) for p in found.partitions] == expected
    assert found.scheme == ("gpt" if table is GPT else "mbr")
    assert found.told == ()


def test_the_backup_is_used(tmp_path: Path) -> None:
    """A damaged first table is told, and the second gives the same; with both damaged it is an error."""
    path = tmp_path / "disk"
    disk = joined(path, 32 * MIB, GPT, {})
    whole = partitions(disk.read, disk.size).partitions
    data = bytearray(path.read_bytes())
    data[1024 + 40] ^= 1  # an entry: its checksum no longer holds
    found = partitions(of_bytes(bytes(data)).read, len(data))
    assert found.partitions == whole
    assert "backup was used" in found.told[0]
    data[-512 + 20] ^= 1
    with pytest.raises(FormatError, match="both copies"):
        partitions(of_bytes(bytes(data)).read, len(data))


def test_sectors_of_4096() -> None:
    """A disk with large sectors counts in them (by hand: sfdisk here only makes such tables on such devices)."""
    entry = struct.pack("<16s16sQQQ72s", b"t" * 16, b"u" * 16, 256, 1279, 0, "data".encode("utf-16-le"))
    array = entry + bytes(127 * 128)
    fields = [b"EFI PART", 0x10000, 92, 0, 0, 1, 15, 6, 10, b"g" * 16, 2, 128, 128, zlib.crc32(array)]
    header = struct.pack("<8sIIIIQQQQ16sQIII", *fields)
    fields[3] = zlib.crc32(header)
    disk = bytearray(2048 * 4096)
    disk[4096 : 4096 + 92] = struct.pack("<8sIIIIQQQQ16sQIII", *fields)
    disk[8192 : 8192 + len(array)] = array
    (one,) = partitions(of_bytes(bytes(disk)).read, len(disk)).partitions
    assert (one.start, one.size, one.label) == (256 * 4096, 1024 * 4096, "data")


def test_a_file_system_is_no_table(tmp_path: Path) -> None:
    """A disk without a table, and one that only has a boot sector's mark, has no partitions."""
    disk = ext4(None, tmp_path / "disk", "-t", "ext4", size="4M")
    assert partitions(disk.read, disk.size).scheme == ""
    marked = bytearray(4096)
    marked[446:510] = b"Missing operating system, press a key" + bytes(27)
    marked[510:512] = b"\x55\xaa"
    assert partitions(of_bytes(bytes(marked)).read, 4096).partitions == ()


def test_a_chain_that_bites_its_tail_ends() -> None:
    """Logical partitions in a circle are told once."""
    data = bytearray(1 << 20)
    struct.pack_into("<B3sB3sII", data, 446, 0, b"", 5, b"", 16, 1000)
    struct.pack_into("<B3sB3sII", data, 16 * 512 + 446, 0, b"", 0x83, b"", 8, 100)
    struct.pack_into("<B3sB3sII", data, 16 * 512 + 462, 0, b"", 5, b"", 16, 100)
    struct.pack_into("<B3sB3sII", data, 32 * 512 + 462, 0, b"", 5, b"", 0, 100)
    for at in (0, 16 * 512, 32 * 512):
        data[at + 510 : at + 512] = b"\x55\xaa"
    # The second table leads back to the first, whose offset is 0: only by a start of the extended partition itself.
    found = partitions(of_bytes(bytes(data)).read, len(data))
    assert [p.number for p in found.partitions] == [5]
    assert "no end" in found.told[0]


@given(st.binary(min_size=512, max_size=4096))
def test_any_bytes_give_a_table_or_an_error(data: bytes) -> None:
    """No first sectors make it do anything else, and no partition lies outside of the disk."""
    marked = data[:510] + b"\x55\xaa" + data[512:]
    try:
        found = partitions(of_bytes(marked).read, len(marked))
    except FormatError:
        return
    assert all(p.start >= 0 and p.start + p.size <= len(marked) for p in found.partitions)
