"""Filters of pages."""

from __future__ import annotations

import pytest

from periderm.console.filtering import ROWS, query_for
from periderm.model.errors import UsageError
from periderm.model.query import Query
from periderm.model.severity import Severity


def test_a_page_reads_its_own_fields_only() -> None:
    """Language and theme are not filters."""
    given = {"severity": "high", "text": "x", "lang": "zh", "kind": "node", "cursor": "c"}
    assert query_for(given, ("severity", "text")) == Query(severity_at_least=Severity.HIGH, text="x", cursor="c", limit=ROWS)


@pytest.mark.parametrize("given", [{"severity": "5"}, {"severity": "unknown"}, {"text": "a" * 501}])
def test_a_bad_value_is_told(given: dict[str, str]) -> None:
    """With what would be right."""
    with pytest.raises(UsageError) as error:
        query_for(given, ("severity", "text"))
    assert error.value.next_step


def test_a_list_is_entered_by_whole_runs() -> None:
    """So that pages meet; behind a cursor nothing is passed over, and a page that does not jump reads nothing of it."""
    assert query_for({"skip": "1234"}, ("skip",)) == Query(skip=1200, limit=ROWS)
    assert query_for({"skip": "1234", "cursor": "c"}, ("skip",)) == Query(cursor="c", limit=ROWS)
    assert query_for({"skip": "1234"}, ()) == Query(limit=ROWS)
    for wrong in ("-1", "x", "500001", "٣", "9" * 30):
        with pytest.raises(UsageError, match="rows deep"):
            query_for({"skip": wrong}, ("skip",))
