"""Maps of ext4 files that no file system would write."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.ext4_blocks import Space, extents, indirect, near
from periderm.formats.disk.reading import Budget, Run
from periderm.model.errors import FormatError, LimitError
from tests.formats.disk.disks import of_bytes

BLOCK = 1024


def space(blocks: dict[int, bytes], budget: int = 100) -> Space:
    """A volume of 64 blocks with some content."""
    data = bytearray(64 * BLOCK)
    for number, given_ in blocks.items():
        data[number * BLOCK : number * BLOCK + len(given_)] = given_
    return Space(of_bytes(bytes(data)).read, BLOCK, 64, Budget(budget, "blocks"))


def header(count: int, depth: int, most: int = 4) -> bytes:
    """struct ext4_extent_header."""
    return struct.pack("<HHHHI", 0xF30A, count, most, depth, 0)


def leaf(*parts: tuple[int, int, int], most: int = 4) -> bytes:
    """A node with extents (file block, length, disk block)."""
    return header(len(parts), 0, most) + b"".join(struct.pack("<IHHI", a, n, 0, b) for a, n, b in parts)


def index(depth: int, *parts: tuple[int, int]) -> bytes:
    """A node with (file block, disk block of the next node)."""
    return header(len(parts), depth) + b"".join(struct.pack("<IIHH", a, b, 0, 0) for a, b in parts)


def root(data: bytes) -> bytes:
    """As it lies in an inode."""
    return data.ljust(60, b"\0")


def test_extents_with_reserved_space() -> None:
    """Lengths above 32768 are reserved space, which reads as zeros."""
    found = list(extents(space({}), root(leaf((0, 2, 10), (5, 0x8000 + 3, 20))), "x"))
    assert found == [Run(0, 10 * BLOCK, 2 * BLOCK), Run(5 * BLOCK, -1, 3 * BLOCK)]


@pytest.mark.parametrize(
    ("node", "why"),
    [
        (b"nonsense", "depth|damaged"),
        (header(9, 0), "more than fits"),
        (header(1, 6), "depth 6"),
        (leaf((0, 0, 5)), "no length"),
        (leaf((0, 9, 60)), "beyond the end"),
        (leaf((4, 2, 10), (3, 1, 20)), "not in order"),
        (leaf((4, 3, 10), (5, 1, 20)), "go back"),
        (index(1, (0, 99)), "beyond the end"),
    ],
)
def test_damaged_nodes(node: bytes, why: str) -> None:
    """What lies outside, goes back or overlaps is damage."""
    with pytest.raises(FormatError, match=why):
        list(extents(space({}), root(node), "x"))


def test_a_tree_that_leads_to_itself_ends() -> None:
    """A node that names itself has the wrong depth below itself."""
    with pytest.raises(FormatError, match="wrong depth"):
        list(extents(space({5: index(1, (0, 5))}), root(index(2, (0, 5))), "x"))


def test_empty_leaves_without_end_use_up_a_budget() -> None:
    """Many ways to the same empty leaf are bounded by what a disk of that size can hold."""
    wide = header(80, 1, 84) + b"".join(struct.pack("<IIHH", n, 6, 0, 0) for n in range(80))
    with pytest.raises(LimitError, match="more blocks"):
        list(extents(space({5: wide, 6: leaf()}, 50), root(index(2, (0, 5))), "x"))


def test_checksums_of_nodes() -> None:
    """With checksums, a node without the right one is refused."""
    with pytest.raises(FormatError, match="checksum"):
        list(extents(space({5: leaf((0, 1, 9))}), root(index(1, (0, 5))), "x", 0x1234))


def test_block_maps() -> None:
    """Direct and indirect blocks with holes, up to what is wanted."""
    numbers = [11, 0, 12, *[0] * 9, 20, 21, 0]
    blocks = {20: struct.pack("<I", 30), 21: struct.pack("<256I", 0, 22, *[0] * 254), 22: struct.pack("<I", 31)}
    found = list(indirect(space(blocks), struct.pack("<15I", *numbers), 12 + 256 + 256 + 1, "x"))
    assert found == [
        Run(0, 11 * BLOCK, BLOCK),
        Run(2 * BLOCK, 12 * BLOCK, BLOCK),
        Run(12 * BLOCK, 30 * BLOCK, BLOCK),
        Run((12 + 256 + 256) * BLOCK, 31 * BLOCK, BLOCK),
    ]


def test_block_maps_that_cannot_be() -> None:
    """Blocks beyond the end, maps that lead to themselves, and files longer than a map are refused or bounded."""
    with pytest.raises(FormatError, match="beyond the end"):
        list(indirect(space({}), struct.pack("<15I", 64, *[0] * 14), 1, "x"))
    circle = {20: struct.pack("<256I", *[20] * 256)}
    with pytest.raises(LimitError, match="more blocks"):
        list(indirect(space(circle, 100), struct.pack("<15I", *[0] * 14, 20), 1 << 40, "x"))
    with pytest.raises(FormatError, match="longer than"):
        list(indirect(space({}), bytes(60), 1 << 60, "x"))


@given(st.binary(min_size=60, max_size=60), st.booleans())
def test_any_root_ends(data: bytes, tree: bool) -> None:
    """No sixty bytes make it do anything but end."""
    try:
        for run in extents(space({}), data, "x") if tree else indirect(space({}), data, 5000, "x"):
            assert run.at + run.size <= 64 * BLOCK
    except FormatError:
        pass
    assert near(data, 0x80000 if tree else 0) >= 0
