"""Slices of time."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.history_parquet.names import Part
from periderm.adapters.history_parquet.slicing import slices


def part(first: int, last: int, rows: int) -> Part:
    """A partition with these rows in this time."""
    return Part("", "", "file", first, last, rows, 0, 0)


PARTS = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 500)).map(lambda t: part(t[0], t[0] + t[1], t[2])),
    max_size=8,
)


@given(PARTS, st.integers(-(2**63), 900), st.integers(901, 2**63 - 1), st.integers(1, 300))
def test_slices_cover_all_time_once(parts: list[Part], since: int, until: int, rows: int) -> None:
    """They follow on each other from end to end, and none is empty."""
    cuts = slices(parts, since, until, rows)
    assert cuts[0][0] == since
    assert cuts[-1][1] == until
    assert all(a[1] == b[0] for a, b in itertools.pairwise(cuts))
    assert all(start < end for start, end in cuts)


def test_rows_that_lie_evenly_are_shared_evenly() -> None:
    """A thousand rows in a thousand moments, a hundred a slice; overlapping partitions count together."""
    cuts = slices([part(0, 999, 500), part(0, 999, 500)], 0, 1000, 100)
    assert len(cuts) == 10
    assert {end - start for start, end in cuts} == {100}


def test_one_moment_cannot_be_cut() -> None:
    """Whatever it holds."""
    assert slices([part(5, 5, 10**6)], 0, 10, 100) == [(0, 10)]
