"""Promises of the facts that a gate may ask about: their names and types are the rule language's."""

from __future__ import annotations

from periderm.algorithms.rules.kinds import message
from periderm.model.gate import FindingFacts


def test_every_fact_has_a_type_that_conditions_know() -> None:
    """A field of another type could not be asked for."""
    kinds = {name: str(kind) for name, kind in message(FindingFacts).fields}
    assert set(kinds.values()) <= {"string", "int", "double", "bool", "list(string)"}
    assert set(kinds) == set(FindingFacts.__struct_fields__)


def test_what_is_not_known_is_below_every_threshold() -> None:
    """An unknown score meets no 'at least'."""
    facts = FindingFacts(id="a", detector="b", kind="c", severity=0)
    assert max(facts.cvss, facts.epss, facts.fixed_days, facts.published_days) < 0
    assert not any((facts.fixed, facts.exploited, facts.from_base, facts.loaded, facts.declared, facts.development))
