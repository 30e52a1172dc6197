"""Every event type of baselines is said in plain words, and a rule's words come before them."""

from __future__ import annotations

import pytest

from periderm.correlate import phrases
from periderm.correlate.deviations import DEVIATIONS
from periderm.correlate.incident import build
from periderm.engines import baseline


def test_every_event_type_has_its_words() -> None:
    """No type is only quoted, and no words are left of a type that is gone."""
    assert [row[0] for row in DEVIATIONS] == sorted(each.spec.id for each in baseline.DETECTORS)


@pytest.mark.parametrize("row", DEVIATIONS, ids=lambda row: str(row[0]))
def test_words(row: tuple[str, str, str, str, str]) -> None:
    """English and Chinese both, with the same place for the object; weak, as a rule knows more."""
    detector, en, zh, with_en, with_zh = row
    assert phrases.BY_DETECTOR[detector].weak
    assert en[0].islower()
    assert not zh.isascii()
    assert with_en.count("{object}") == with_zh.count("{object}") == bool(with_en)


@pytest.mark.parametrize("event_type", baseline.DETECTORS, ids=lambda each: each.number)
def test_a_deviation_becomes_a_story(event_type: baseline.EventType) -> None:
    """The alerts of every type's own example give an incident that says in words what was done."""
    for example in event_type.spec.fires:
        incident = build("inc-1", baseline.run_example(event_type, example.given))
        assert "did what" not in incident.summary.en
        assert incident.summary.en.endswith(".")
        assert all(step.technique for step in incident.chain)
