"""What a score means beside those of traces of the same length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.sequences.calibration import calibrate


def test_the_same_score_means_less_where_ordinary_traces_vary() -> None:
    """Short ordinary traces score from 0 to 1, long ones hardly above 0: half is nothing there and much here."""
    chance = np.random.default_rng(1)
    lengths = np.concatenate([np.full(200, 50), np.full(200, 5000)])
    scores = np.concatenate([chance.random(200), chance.random(200) / 50])
    found = calibrate(scores, lengths)
    assert abs(found.deviation(0.5, 50)) < 0.5
    assert found.deviation(0.5, 5000) > 2


def test_a_weight_is_so_many_traces() -> None:
    """A trace of weight three counts as three of them."""
    scores, lengths = np.array([0.1, 0.5, 0.3]), np.array([10, 100, 40])
    heavy = calibrate(scores, lengths, np.array([1.0, 3.0, 1.0]))
    thrice = calibrate(np.array([0.1, 0.5, 0.5, 0.5, 0.3]), np.array([10, 100, 100, 100, 40]))
    for each in ("places", "means", "spreads"):
        np.testing.assert_allclose(getattr(heavy, each), getattr(thrice, each))


def test_lengths_that_never_came_are_judged_as_the_nearest() -> None:
    """A trace longer than all others finds a place, and so does an empty one."""
    found = calibrate(np.array([0.1, 0.2, 0.3]), np.array([10, 100, 1000]))
    assert found.deviation(0.5, 10**9) == pytest.approx(found.deviation(0.5, 1000))
    assert found.deviation(0.5, 0) == pytest.approx(found.deviation(0.5, 10))


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 10**6)), min_size=2, max_size=40), st.integers(1, 10**6),
    st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
def test_a_higher_score_is_never_more_ordinary(pairs: list[tuple[float, int]], length: int, one: float, two: float) -> None:
    """At one length deviations keep the scores' order, and are numbers even where all ordinary scores are equal."""
    scores, lengths = (np.array(column) for column in zip(*pairs, strict=True))
    found = calibrate(scores, lengths)
    low, high = sorted((one, two))
    assert -np.inf < found.deviation(low, length) <= found.deviation(high, length) < np.inf
