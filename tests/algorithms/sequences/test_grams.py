"""Numbers of runs: equal for equal runs, unlike for unlike ones, whatever the length."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.sequences.grams import mixed, mixtures, numbers, present, runs

TRACES = st.lists(st.integers(0, 2**40), max_size=30)


@given(TRACES, st.integers(1, 12))
def test_equal_runs_have_equal_numbers_and_unlike_ones_unlike(trace: list[int], longest: int) -> None:
    """A run's number stands for its calls and their order, wherever it begins."""
    seen: dict[tuple[int, ...], int] = {}
    lengths = []
    for length, codes in enumerate(runs(numbers(trace), longest), 1):
        lengths.append(len(codes))
        for at, code in enumerate(codes.tolist()):
            assert seen.setdefault(tuple(trace[at : at + length]), code) == code
    assert lengths == [max(len(trace) - length + 1, 0) for length in range(1, longest + 1)]
    assert len(set(seen.values())) == len(seen)


def test_order_matters() -> None:
    """Open, read is not read, open."""
    (_, first), (_, second) = (list(runs(numbers(trace), 2)) for trace in ([2, 0], [0, 2]))
    assert first.tolist() != second.tolist()


@given(TRACES, st.integers(1, 8))
def test_a_mixture_is_what_a_run_holds(trace: list[int], length: int) -> None:
    """Runs of the same calls, each as often, have one number in any order, and others have others."""
    codes = mixtures(numbers(trace), length).tolist()
    assert len(codes) == max(len(trace) - length + 1, 0)
    seen: dict[tuple[int, ...], int] = {}
    for at, code in enumerate(codes):
        assert seen.setdefault(tuple(sorted(trace[at : at + length])), code) == code
    assert len(set(seen.values())) == len(seen)


@given(st.lists(st.integers(0, 50)), st.lists(st.integers(0, 50)))
def test_presence_is_membership(table: list[int], asked: list[int]) -> None:
    """As a set would say, for empty tables too."""
    codes = np.unique(np.array(table, np.uint64))
    assert present(codes, np.array(asked, np.uint64)).tolist() == [each in table for each in asked]


def test_small_numbers_are_spread() -> None:
    """Calls have small numbers; mixed they differ in half their bits, or runs would collide."""
    values = mixed(np.arange(400))
    assert len(np.unique(values)) == 400
    ones = np.mean([(a ^ b).bit_count() for a, b in itertools.pairwise(values.tolist())])
    assert 28 < ones < 36
