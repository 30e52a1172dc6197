"""Questions to a store."""

from __future__ import annotations

import msgspec
from hypothesis import given

from periderm.model.query import Change, Page, Query
from tests.strategies import values


def test_an_empty_question_restricts_nothing() -> None:
    """All filters are empty by default, and a page is of a moderate size."""
    query = Query()
    filters = {name: getattr(query, name) for name in Query.__struct_fields__ if name != "limit"}
    assert not any(filters.values())
    assert 1 <= query.limit <= 1000


@given(values(Query))
def test_questions_and_changes_survive_the_wire(query: Query) -> None:
    """A question is read back equal, and so are a page of changes and its items."""
    assert msgspec.json.decode(msgspec.json.encode(query), type=Query) == query
    page = Page((Change(1, "incident", "inc-1", 2),), "next", 7)
    assert msgspec.json.decode(msgspec.json.encode(page), type=Page[Change]) == page
