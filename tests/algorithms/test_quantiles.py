"""Quantiles from buckets are right within 5 %, merge in any order, and single outliers do not move what is normal."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.quantiles import LARGEST, SMALLEST, above, bucket, figure, quantile, spread, total

FIGURES = st.floats(min_value=0.001, max_value=1e15)


def histogram(figures: list[float]) -> dict[int, int]:
    """Their buckets, counted."""
    return total([[(bucket(each), 1)] for each in figures])


@given(FIGURES)
def test_a_bucket_is_near_its_figures(seen: float) -> None:
    """What stands for a bucket is at most 5 % away from all that fell into it."""
    assert figure(bucket(seen)) == pytest.approx(seen, rel=0.05)


def test_ends() -> None:
    """Nothing, next to nothing and more than anything have a bucket; what is negative or no number has none."""
    assert bucket(0) == SMALLEST
    assert figure(SMALLEST) == 0
    assert bucket(float("inf")) == LARGEST
    for wrong in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="no bucket"):
            bucket(wrong)


@given(st.lists(FIGURES, min_size=1, max_size=200))
def test_quantiles_are_near(figures: list[float]) -> None:
    """The median by buckets is the median of what was measured, within the buckets' width."""
    assert quantile(histogram(figures), 0.5) == pytest.approx(statistics.median_low(figures), rel=0.06)
    assert quantile(histogram(figures), 1.0) == pytest.approx(max(figures), rel=0.06)


@given(st.lists(FIGURES, max_size=30), st.lists(FIGURES, max_size=30))
def test_merging(one: list[float], other: list[float]) -> None:
    """Two histograms together are the histogram of both."""
    assert total([histogram(one).items(), histogram(other).items()]) == histogram([*one, *other])


def test_nothing_is_above_little() -> None:
    """With fewer than twenty figures nothing is known, so nothing is unusual."""
    assert above(histogram([1.0] * 19), 1000.0) == 0
    assert above({}, 1000.0) == 0
    assert quantile({}, 0.5) == 0
    assert spread({}).figures == 0


def test_above() -> None:
    """What was seen before is normal, ten times as much is not; and where figures always varied, more is needed."""
    steady = histogram([10.0] * 500)
    varied = histogram([float(i) for i in range(1, 100)])
    assert above(steady, 10.0) == 0
    assert above(steady, 100.0) > 3
    assert 0 < above(varied, 300.0) < above(steady, 300.0) / 3
    assert above(varied, 95.0) == 0
    assert above(steady, 100.0, least=200.0) == 0


@given(st.lists(FIGURES, min_size=20, max_size=60), FIGURES)
def test_more_is_never_less_unusual(figures: list[float], seen: float) -> None:
    """A higher figure is at least as unusual, and what was seen is not unusual at all."""
    counts = histogram(figures)
    assert above(counts, seen * 2) >= above(counts, seen)
    assert above(counts, figure(max(counts))) == 0
