"""The nearest neighbour: cosine by the definition, itself at distance nothing, a tight crowd told from a loose one."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.sequences.grams import numbers
from periderm.algorithms.sequences.neighbours import Kind, learn
from tests.algorithms.sequences.traces import ordinary, program

TRACES = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=12), min_size=1, max_size=5)


def cosines(traces: list[list[int]], asked: list[int], kind: Kind) -> list[float]:
    """The definition, with dictionaries."""

    def bag(trace: list[int]) -> Counter[tuple[int, ...]]:
        lengths = range(kind.shortest, kind.longest + 1)
        return Counter(tuple(trace[at : at + n]) for n in lengths for at in range(len(trace) - n + 1))

    bags = [bag(trace) for trace in traces]
    spread = Counter(run for each in bags for run in each)

    def vector(trace: list[int]) -> dict[tuple[int, ...], float]:
        weights = {run: math.log((1 + len(traces)) / (1 + spread[run])) + 1 if kind.rare else 1.0 for run in bag(trace)}
        return {run: math.sqrt(count) * weights[run] for run, count in bag(trace).items()}

    def length(one: dict[tuple[int, ...], float]) -> float:
        return math.sqrt(sum(value**2 for value in one.values()))

    own = vector(asked)
    others = [vector(trace) for trace in traces]
    return [sum(own.get(run, 0) * value for run, value in each.items()) / length(own) / length(each) for each in others]


@given(TRACES, st.lists(st.integers(0, 6), min_size=3, max_size=12), st.sampled_from([Kind(1, 1, rare=False), Kind(1, 3)]))
def test_is_the_cosine_that_dictionaries_say(traces: list[list[int]], asked: list[int], kind: Kind) -> None:
    """To every known trace, calls that were never seen included."""
    found = learn([numbers(trace) for trace in traces], kind).likeness(numbers(asked))
    np.testing.assert_allclose(found, cosines(traces, asked, kind), atol=1e-6)


def test_a_known_trace_is_at_its_own_place() -> None:
    """What was seen is at no distance; what shares nothing is at distance one."""
    traces = ordinary(12)
    known = learn(traces, Kind(1, 3))
    assert all(known.near(trace).apart == pytest.approx(0, abs=1e-6) for trace in traces)
    assert known.near(numbers([900, 901, 902])).apart == 1


def test_the_same_step_aside_is_farther_out_where_all_stand_close() -> None:
    """A program that never varies is left by less than one that always does."""
    close = [program(0, 0) for _ in range(5)]
    loose = [np.concatenate([program(1, seed), np.arange(300 + 9 * seed, 309 + 9 * seed)]) for seed in range(5)]
    known = learn([*close, *loose], Kind(1, 3))
    aside = numbers([41, 42, 59])
    tight, wide = (known.near(np.concatenate([trace, aside])) for trace in (close[0], loose[0]))
    assert tight.beyond > 2 * wide.beyond


def test_what_is_too_short_says_nothing() -> None:
    """A trace without one run of six is not far from all others."""
    assert learn(ordinary(8), Kind(6, 6)).near(numbers([900, 901])) == (0, 0)


def test_one_trace_alone_is_far_from_nobody() -> None:
    """Without any other, its distance to the nearest is the greatest there is."""
    known = learn([program(0, 1)], Kind(1, 3))
    assert known.alone.tolist() == [1]
