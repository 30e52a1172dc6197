"""Extents of XFS files that no file system would write."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.reading import Budget
from periderm.formats.disk.xfs_blocks import Extent, extents, record, tree
from periderm.model.errors import FormatError, LimitError
from tests.formats.disk.disks import of_bytes

BLOCK = 512


def packed(first: int, start: int, length: int, unwritten: bool = False) -> bytes:
    """struct xfs_bmbt_rec."""
    return struct.pack(">QQ", unwritten << 63 | first << 9 | start >> 43, (start & ((1 << 43) - 1)) << 21 | length)


def node(level: int, *pointers: int, magic: bytes = b"BMAP") -> bytes:
    """A block that leads to others."""
    most = (BLOCK - 24) // 16
    return (
        magic
        + struct.pack(">HHQQ", level, len(pointers), 0, 0)
        + bytes(most * 8)
        + struct.pack(f">{len(pointers)}Q", *pointers)
    )


def leaf(*records: bytes) -> bytes:
    """A block with extents."""
    return b"BMAP" + struct.pack(">HHQQ", 0, len(records), 0, 0) + b"".join(records)


def walked(blocks: dict[int, bytes], root: bytes, budget: int = 50) -> list[Extent]:
    """The extents below a root."""
    data = bytearray(32 * BLOCK)
    for number, given_ in blocks.items():
        data[number * BLOCK : number * BLOCK + len(given_)] = given_
    read = of_bytes(bytes(data)).read
    return list(tree(read, root, "x", block=BLOCK, place=lambda n: n * BLOCK, budget=Budget(budget, "blocks")))


def root(level: int, *pointers: int) -> bytes:
    """As it lies in an inode with room for four."""
    return struct.pack(">HH", level, len(pointers)) + bytes(32) + struct.pack(">4Q", *pointers, *[0] * (4 - len(pointers)))


@given(st.integers(0, (1 << 54) - 1), st.integers(0, (1 << 52) - 1), st.integers(0, (1 << 21) - 1), st.booleans())
def test_records_are_what_was_packed(first: int, start: int, length: int, unwritten: bool) -> None:
    """The four fields of a record, whatever they are."""
    assert record(packed(first, start, length, unwritten), 0) == (first, start, length, unwritten)


def test_trees_are_followed() -> None:
    """Two levels, in order."""
    blocks = {3: node(1, 4, 5), 4: leaf(packed(0, 10, 2)), 5: leaf(packed(4, 20, 1, unwritten=True))}
    assert walked(blocks, root(2, 3)) == [(0, 10, 2, False), (4, 20, 1, True)]


@pytest.mark.parametrize(
    ("blocks", "start", "why"),
    [
        ({}, root(1, 4), "damaged"),
        ({4: node(1, 4)}, root(2, 4), "damaged"),
        ({4: b"BMAP" + struct.pack(">HH", 1, 500)}, root(2, 4), "more than fits"),
        ({4: leaf(packed(5, 1, 1)), 5: leaf(packed(0, 1, 1))}, root(1, 4, 5), "overlap"),
        ({4: leaf(packed(5, 1, 0))}, root(1, 4), "not in order"),
        ({4: leaf(packed(5, 1, 4), packed(7, 1, 1))}, root(1, 4), "not in order"),
        ({}, struct.pack(">HH", 1, 900), "root"),
        ({}, struct.pack(">HH", 40, 1) + bytes(64), "root"),
        ({}, b"", "no root"),
        ({}, root(1, 400), "beyond the end"),
    ],
)
def test_damage_is_told(blocks: dict[int, bytes], start: bytes, why: str) -> None:
    """Circles, levels, counts and order that cannot be."""
    with pytest.raises(FormatError, match=why):
        walked(blocks, start)


def test_many_ways_to_one_block_are_bounded() -> None:
    """Nodes that all lead to the same empty leaf use up what the disk can hold."""
    with pytest.raises(LimitError):
        walked({3: node(1, *[4] * 30), 4: leaf()}, root(2, 3, 3, 3, 3))


@given(st.binary(max_size=100), st.integers(0, 1 << 62))
def test_any_bytes_end(data: bytes, count: int) -> None:
    """No bytes make it do anything but end."""
    for read in (lambda: extents(data, count, "x"), lambda: iter(walked({}, data))):
        try:
            list(read())
        except FormatError:
            continue
