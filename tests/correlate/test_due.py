"""Dates by grade and severity."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.correlate.due import DAY_NS, days_for, due_of_finding, due_of_incident
from periderm.model.asset import Grade
from periderm.model.severity import Severity

GRADES = (Grade.CORE, Grade.IMPORTANT, Grade.ORDINARY)


def test_ordinary_assets_follow_the_authorities() -> None:
    """15, 30, 90 and 180 days; what is only information has no date; nobody's grade is no excuse."""
    ordinary = [days_for(s, Grade.ORDINARY) for s in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)]
    assert ordinary == [15, 30, 90, 180]
    assert due_of_finding(Severity.INFORMATIONAL, Grade.CORE, 5) == 0
    assert days_for(Severity.HIGH, Grade.UNKNOWN) == 30
    assert due_of_incident(Severity.CRITICAL, 7) == 7 + DAY_NS


@given(st.sampled_from(list(Severity)), st.integers(0, 2**60))
def test_more_depends_on_it_the_sooner_it_is_due(severity: Severity, first_seen: int) -> None:
    """And the graver it is."""
    dates = [due_of_finding(severity, grade, first_seen) for grade in GRADES]
    assert dates == sorted(dates)
    graver = [days_for(s, Grade.CORE) for s in sorted(Severity, reverse=True) if days_for(s, Grade.CORE)]
    assert graver == sorted(graver)
