"""Figures as values."""

from __future__ import annotations

from periderm.model.metric import Family, MetricKind, Sample, one


def test_a_single_number() -> None:
    """Has no labels."""
    expected = Family(name="x", kind=MetricKind.GAUGE, meaning="X.", samples=(Sample(3.0),))
    assert one("x", MetricKind.GAUGE, "X.", 3) == expected
