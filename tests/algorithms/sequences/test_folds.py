"""Which traces are held back together: each once, and by kind never one without those that are like it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.sequences.folds import FOLDS, by_kind, by_turn
from periderm.algorithms.sequences.grams import numbers
from tests.algorithms.sequences.traces import ordinary, program


def test_by_turn_parts_are_as_large_as_each_other() -> None:
    """A card more or less."""
    sizes = np.bincount(by_turn(23))
    assert len(sizes) == FOLDS
    assert sizes.max() - sizes.min() <= 1


def test_a_kind_is_in_one_part() -> None:
    """Traces of the same program are held back together, and of four programs not all at once."""
    parts = by_kind(ordinary(40))
    assert all(len(set(parts[kind::4].tolist())) == 1 for kind in range(4))
    assert len(set(parts.tolist())) == 4


def test_one_kind_is_one_part() -> None:
    """Then nothing is left to learn of while it is held back, and who asks must see that."""
    assert not by_kind([program(0, seed) for seed in range(12)]).any()


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=8), min_size=1, max_size=20))
def test_every_trace_has_a_part_and_no_part_is_empty(traces: list[list[int]]) -> None:
    """Whatever they are like, and the same each time; equal traces share a part."""
    cut = [numbers(trace) for trace in traces]
    parts = by_kind(cut)
    assert len(parts) == len(traces)
    assert sorted(set(parts.tolist())) == list(range(int(parts.max()) + 1))
    assert int(parts.max()) < FOLDS
    assert parts.tolist() == by_kind(cut).tolist()
    by_content: dict[tuple[int, ...], int] = {}
    for trace, part in zip(traces, parts.tolist(), strict=True):
        assert by_content.setdefault(tuple(sorted(trace)), part) == part
