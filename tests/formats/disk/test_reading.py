"""Reading at offsets: readers within readers, runs, checksums."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.reading import (
    Budget,
    Run,
    bounded,
    content,
    crc32c,
    exactly,
    filled,
    label_text,
    part,
    uuid_text,
)
from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import DiskLimits
from tests.formats.disk.disks import of_bytes


def test_checksum_is_castagnoli() -> None:
    """The check value of RFC 3720 (iSCSI), appendix B.4, and chaining."""
    assert crc32c(b"123456789") ^ 0xFFFFFFFF == 0xE3069283
    assert crc32c(b"56789", crc32c(b"1234")) == crc32c(b"123456789")


@given(st.binary(max_size=200), st.integers(0, 250), st.integers(0, 250), st.integers(-5, 260), st.integers(0, 260))
def test_a_part_is_a_slice(data: bytes, start: int, size: int, offset: int, wanted: int) -> None:
    """A reader of a part never gives a byte from outside of it."""
    given_ = part(of_bytes(data).read, start, size)(offset, wanted)
    assert given_ == (data[start : start + size][offset : offset + wanted] if offset >= 0 else b"")


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20), st.booleans())), st.integers(0, 600))
def test_filled_covers_a_file_once(pieces: list[tuple[int, int, bool]], size: int) -> None:
    """Whatever lies where: the runs follow each other without gaps from 0 to the size, and holes read as zeros."""
    runs, end, at = [], 0, 1000
    expected = bytearray(size)
    for gap, length, written in pieces:
        end += gap
        runs.append(Run(end, at if written else -1, length))
        if written:
            for n in range(end, min(end + length, size)):
                expected[n] = (at + n - end) % 251
        end += length
        at += length + 3
    found = filled(runs, size, "x")
    assert [run.offset for run in found] == [sum(r.size for r in found[:n]) for n in range(len(found))]
    assert sum(run.size for run in found) == size

    def read(offset: int, wanted: int) -> bytes:
        return bytes((offset + n) % 251 for n in range(wanted))

    assert b"".join(content(read, found, size, "x")) == expected


def test_overlaps_are_refused() -> None:
    """Two extents for the same bytes are damage, and so is what goes back."""
    with pytest.raises(FormatError, match="overlap"):
        filled([Run(0, 0, 10), Run(5, 100, 10)], 20, "x")


def test_the_end_of_the_disk_is_an_error() -> None:
    """What lies beyond the end, or before the begin, is told and not made up."""
    read = of_bytes(b"abc").read
    assert exactly(read, 1, 2, "x") == b"bc"
    for offset, size in ((2, 2), (-1, 1), (1 << 70, 1)):
        with pytest.raises(FormatError, match="beyond the end"):
            exactly(read, offset, size, "x")
    with pytest.raises(FormatError, match="only 3 of"):
        list(content(read, [Run(0, 0, 3)], 5, "x"))


def test_a_budget_ends() -> None:
    """What is counted ends with a limit that is told."""
    budget = Budget(2, "things")
    budget.take(2)
    with pytest.raises(LimitError, match="more things"):
        budget.take()


def test_names_of_volumes() -> None:
    """UUIDs as fstab writes them, none where all is zero; labels end at the first zero."""
    assert uuid_text(bytes(range(16))) == "00010203-0405-0607-0809-0a0b0c0d0e0f"
    assert uuid_text(bytes(16)) == ""
    assert label_text(b"root\0junk") == "root"


def test_a_claimed_size_is_not_believed() -> None:
    """What a wrapped disk says of its size does not make the reading of its tables longer than its file allows."""
    assert bounded(1 << 60, 4096, DiskLimits(held=4096 * 10)) == 65_536 + 40
    assert bounded(4096 * 10, 4096, DiskLimits()) == 65_536 + 40
