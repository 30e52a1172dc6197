"""The score of a vector is the one that FIRST's own examples and an independent implementation give."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.cvss import score_of, severity_of
from periderm.model.severity import Severity

V2 = (("AV", "LAN"), ("AC", "HML"), ("Au", "MSN"), ("C", "NPC"), ("I", "NPC"), ("A", "NPC"))
V3 = (("AV", "NALP"), ("AC", "LH"), ("PR", "NLH"), ("UI", "NR"), ("S", "UC"), ("C", "HLN"), ("I", "HLN"), ("A", "HLN"))


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        # first.org/cvss/v3.1/examples and /cvss/v2/guide, section 3.3
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0),
        ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2),
        ("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", 7.5),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3),
    ],
)
def test_known_scores(vector: str, score: float) -> None:
    """Published examples."""
    assert score_of(vector) == score


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "high",
        "CVSS:3.1/",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:S/SI:H/SA:H",
        "AV:N/AC:L/Au:N/C:P/I:P",
        "CVSS:3.1/" + "AV:N/" * 1000,
    ],
)
def test_no_vector(vector: str) -> None:
    """What is no whole vector has no score, and no guess is made."""
    assert score_of(vector) is None


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    """Nothing raises."""
    score = score_of(text)
    assert score is None or 0 <= score <= 10


@settings(max_examples=60)
@given(st.tuples(*(st.sampled_from(values) for _, values in V3)), st.data())
def test_worse_is_never_lower(values: tuple[str, ...], data: st.DataObject) -> None:
    """A vector that is worse in one impact has at least the same score."""
    which = data.draw(st.sampled_from((5, 6, 7)))
    worse = (*values[:which], "H", *values[which + 1 :])
    vectors = ["CVSS:3.1/" + "/".join(f"{m}:{v}" for (m, _), v in zip(V3, each, strict=True)) for each in (values, worse)]
    low, high = score_of(vectors[0]), score_of(vectors[1])
    assert low is not None
    assert high is not None
    assert low <= high


def test_against_another_implementation() -> None:
    """Every base vector of versions 2, 3.0 and 3.1 has the score that the `cvss` package gives."""
    other = pytest.importorskip("cvss", reason="the package `cvss` is a second opinion for tests only")
    for values in itertools.product(*(each for _, each in V2)):
        vector = "/".join(f"{m}:{v}" for (m, _), v in zip(V2, values, strict=True))
        assert score_of(vector) == float(other.CVSS2(vector).base_score), vector
    for number, values in enumerate(itertools.product(*(each for _, each in V3))):
        version = "3.0" if number % 2 else "3.1"
        vector = f"CVSS:{version}/" + "/".join(f"{m}:{v}" for (m, _), v in zip(V3, values, strict=True))
        assert score_of(vector) == float(other.CVSS3(vector).base_score), vector


@pytest.mark.parametrize(
    ("score", "vector", "severity"),
    [
        (0.0, "", Severity.INFORMATIONAL),
        (3.9, "", Severity.LOW),
        (4.0, "", Severity.MEDIUM),
        (7.0, "", Severity.HIGH),
        (9.0, "CVSS:3.1/x", Severity.CRITICAL),
        (10.0, "AV:N/AC:L/Au:N/C:C/I:C/A:C", Severity.HIGH),
        (-1.0, "", Severity.UNKNOWN),
        (float("nan"), "", Severity.UNKNOWN),
    ],
)
def test_severity(score: float, vector: str, severity: Severity) -> None:
    """The scale of the vector's own version; version 2 knows no critical."""
    assert severity_of(score, vector) is severity
