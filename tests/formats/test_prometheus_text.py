"""Prometheus' text, read back by Prometheus' own parser."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from periderm.formats.prometheus_text import number, write
from periderm.model.metric import Family, MetricKind, Sample

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(st.dictionaries(st.sampled_from(("a", "b_c", "le2")), _TEXT), st.floats(), _TEXT)
def test_any_label_and_number_comes_back(labels: dict[str, str], value: float, meaning: str) -> None:
    """Quotes, backslashes and line feeds included; NaN and the infinities too."""
    family = Family(name="x_total", kind=MetricKind.COUNTER, meaning=meaning, samples=(Sample(value, tuple(labels.items())),))
    text = write([family]).decode()
    assert text.count("\n") == 3
    (found,) = text_string_to_metric_families(text)
    (sample,) = found.samples
    assert sample.labels == labels
    assert math.isclose(sample.value, value) or sample.value == value or (math.isnan(value) and math.isnan(sample.value))
    assert found.type == "counter"


def test_what_the_format_does_not_know_is_left_out() -> None:
    """Families without samples or with another name, and labels with one."""
    families = [
        Family(name="empty", kind=MetricKind.GAUGE, meaning=""),
        Family(name="no-name", kind=MetricKind.GAUGE, meaning="", samples=(Sample(1.0),)),
        Family(name="y", kind=MetricKind.GAUGE, meaning="", samples=(Sample(1.5, (("a-b", "x"), ("c", "d"))),)),
    ]
    assert write(families) == b'# HELP y \n# TYPE y gauge\ny{c="d"} 1.5\n'
    assert [number(n) for n in (0.0, -2.0, 1e300, math.inf, -math.inf, math.nan)] == [
        "0",
        "-2",
        "1e+300",
        "+Inf",
        "-Inf",
        "NaN",
    ]
