"""Maps of sparse members."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.tar import sparse
from periderm.model.errors import FormatError, LimitError


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8), st.integers(0, 60), st.integers(1, 7))
def test_filling_makes_the_file(gaps: list[tuple[int, int]], tail: int, step: int) -> None:
    """Holes are zeros, data is data, and the length is right, however the data is cut into pieces."""
    extents, at, expected = [], 0, b""
    for hole, length in gaps:
        extents.append((at + hole, length))
        expected += bytes(hole) + b"x" * length
        at += hole + length
    real = at + tail
    expected += bytes(tail)
    stored = b"x" * sum(length for _, length in extents)
    checked = sparse.check(extents, real, len(stored))
    pieces = iter([stored[i : i + step] for i in range(0, len(stored), step)])
    assert b"".join(sparse.fill(checked, real, pieces)) == expected


@pytest.mark.parametrize(
    ("extents", "real", "stored"),
    [([(5, 5), (0, 5)], 100, 10), ([(0, 5), (4, 5)], 100, 10), ([(90, 20)], 100, 20), ([(0, 20)], 100, 10), ([(0, -1)], 9, 9)],
)
def test_maps_that_lie(extents: list[sparse.Extent], real: int, stored: int) -> None:
    """Backwards, overlapping, beyond the end, more than is stored: all damage."""
    with pytest.raises(FormatError):
        sparse.check(extents, real, stored)


def test_bounded() -> None:
    """A map has a bounded number of extents, and its numbers are digits."""
    with pytest.raises(LimitError):
        sparse.pairs([b"0"] * (2 * sparse.MOST_EXTENTS + 2))
    for bad in ([b"1"], [b"-1", b"1"], [b"x", b"1"]):
        with pytest.raises(FormatError):
            sparse.pairs(bad)
