"""Whether a log is clean. Real logs, mounted and unmounted, are in test_xfs."""

from __future__ import annotations

import struct

import pytest

from periderm.formats.disk.xfs_log import dirty
from tests.formats.disk.disks import of_bytes

SECTORS = 64


def superblock(blocks: int = 8) -> bytes:
    """The fields that tell where a log lies: block 1, so many blocks of 4096."""
    data = bytearray(512)
    data[4:8] = struct.pack(">I", 4096)
    data[48:56] = struct.pack(">Q", 1)
    data[96:100] = struct.pack(">I", blocks)
    return bytes(data)


def record(cycle: int, operations: int = 1) -> bytes:
    """The header of a record with one sector of data."""
    return struct.pack(">IIIIQQIIII", 0xFEEDBABE, cycle, 2, 512, 0, 0, 0, 0, operations, 0).ljust(320, b"\0").ljust(512, b"\0")


def data(cycle: int, flags: int) -> bytes:
    """A sector with one operation."""
    return (struct.pack(">II", cycle, 8) + bytes([0, flags])).ljust(512, b"\0")


def log(*sectors: bytes, rest: int = 0) -> bool:
    """The answer for a log of these sectors; the others are of the cycle `rest`."""
    whole = [*sectors, *[struct.pack(">I", rest).ljust(512, b"\0")] * (SECTORS - len(sectors))]
    return dirty(of_bytes(bytes(4096) + b"".join(whole)).read, superblock(), lambda number: number * 4096)


@pytest.mark.parametrize("rest", [0, 1])
def test_the_last_record_decides(rest: int) -> None:
    """A log that ends with the mark of an unmount is clean; one that goes on after it is not."""
    unmount = (record(2), data(2, 0x20))
    change = (record(2, 5), data(2, 0))
    assert not log(*change, *unmount, rest=rest)
    assert log(*unmount, *change, rest=rest)
    assert log(record(2), data(2, 0), rest=rest)


def test_logs_that_tell_nothing() -> None:
    """A log that was never written is clean, and one on another device cannot be asked."""
    assert not log()
    assert not dirty(of_bytes(b"").read, superblock(0), lambda _: 0)
