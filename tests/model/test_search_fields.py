"""The fields by which one can search."""

from __future__ import annotations

from periderm.model.asset import Grade
from periderm.model.baseline import Phase
from periderm.model.finding import FindingKind
from periderm.model.incident import IncidentState
from periderm.model.search import Family
from periderm.model.search_fields import BY_NAME, FIELDS, knows


def test_a_name_stands_for_one_field() -> None:
    """And each has a meaning in both languages, and somewhere to look."""
    assert len(BY_NAME) == sum(len(field.names) for field in FIELDS)
    assert all(field.meaning.en and field.meaning.zh and field.of for field in FIELDS)


def test_choices_are_the_words_of_the_model() -> None:
    """A new state or kind is to be searched, too."""
    assert {*IncidentState, *Phase} <= set(BY_NAME["state"].choices)
    assert set(FindingKind) <= set(BY_NAME["kind"].choices)
    assert set(BY_NAME["grade"].choices) == {grade.value for grade in Grade if grade.value}


def test_a_kind_knows_its_fields() -> None:
    """And no others."""
    assert knows(Family.FINDING, "cve")
    assert not knows(Family.INCIDENT, "cve")
    assert not knows(Family.INCIDENT, "nothing")
