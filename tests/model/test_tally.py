"""What is counted by."""

from __future__ import annotations

from periderm.model.query import Query
from periderm.model.tally import FalseCount, TallyBy


def test_each_is_a_field_that_lists_are_filtered_by() -> None:
    """So that a count leads to its list."""
    assert {by.value for by in TallyBy} <= set(Query.__struct_fields__)


def test_nothing_is_false_until_somebody_says_so() -> None:
    """Neither by a person's word nor by an exception."""
    assert FalseCount(detector="RUN-001") == FalseCount(detector="RUN-001", said=0, excepted=0)
