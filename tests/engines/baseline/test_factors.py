"""A score is the sum of its reasons, and stays between nothing and everything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.baseline.factors import Factor, Judged, factor
from periderm.model.text import Text


@given(st.lists(st.integers(-200, 200)))
def test_score(points: list[int]) -> None:
    """Whatever the reasons say, 0 to 100; between, their sum."""
    judged = Judged("01-01", tuple(map(Factor, points)))
    assert judged.score == min(100, max(0, sum(points)))


def test_words() -> None:
    """Values are filled into both languages; a reason without values may hold braces."""
    assert factor(1, "it is {x}", "它是 {x}", x="{y}").why == Text("it is {y}", "它是 {y}")
    assert factor(1, "{}", "{}").why == Text("{}", "{}")
