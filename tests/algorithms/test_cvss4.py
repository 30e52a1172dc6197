"""Version 4 scores as FIRST's calculator does, with threat and environment where they are told."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.cvss import score_of
from periderm.algorithms.cvss4 import score_4

BASE = {"AV": "NALP", "AC": "LH", "AT": "NP", "PR": "NLH", "UI": "NPA"} | dict.fromkeys(
    ("VC", "VI", "VA", "SC", "SI", "SA"), "HLN"
)
MORE = {
    "E": "XAPU",
    "CR": "XHML",
    "IR": "XHML",
    "AR": "XHML",
    "MAV": "XNALP",
    "MPR": "XNLH",
    "MVC": "XHLN",
    "MSI": "XSHLN",
    "MSA": "XSHLN",
}


def vectors(seed: int, count: int) -> list[str]:
    """Random whole vectors, half of them with optional metrics."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        metrics = {name: chance.choice(values) for name, values in BASE.items()}
        if chance.random() < 0.5:
            metrics |= {name: chance.choice(values) for name, values in MORE.items()}
        made.append("CVSS:4.0/" + "/".join(f"{name}:{value}" for name, value in metrics.items()))
    return made


def test_against_another_implementation() -> None:
    """The same score as the `cvss` package, which is a translation of FIRST's calculator."""
    other = pytest.importorskip("cvss", reason="the package `cvss` is a second opinion for tests only")
    for vector in vectors(7, 1500):
        assert score_of(vector) == other.CVSS4(vector).base_score, vector


@settings(max_examples=60)
@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in BASE.items()}))
def test_less_mature_is_never_higher(metrics: dict[str, str]) -> None:
    """A proof of concept weighs no more than an attack, an unreported one no more than that."""
    scores = [score_4({**metrics, "E": level}) for level in "APU"]
    assert None not in scores
    assert scores == sorted(scores, key=lambda s: -(s or 0))
    assert score_4(metrics) == scores[0]


def test_a_missing_or_wrong_metric() -> None:
    """No score is guessed."""
    metrics = {name: values[0] for name, values in BASE.items()}
    assert score_4(metrics) == 10.0
    for name in BASE:
        assert score_4({k: v for k, v in metrics.items() if k != name}) is None
        assert score_4({**metrics, name: "?"}) is None
    assert score_4({**metrics, "MAV": "?"}) is None
    assert score_4({**metrics, "E": "H"}) is None
