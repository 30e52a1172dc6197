"""Questions to a store."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from hypothesis import given
from hypothesis.strategies import integers, lists, none

from periderm.model.query import Change, Page, Query, every, pages_of
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


def _reader(items: list[int]) -> Callable[[Query], Page[int]]:
    def read(query: Query) -> Page[int]:
        start = int(query.cursor or "0")
        end = start + query.limit
        return Page(tuple(items[start:end]), str(end) if end < len(items) else "", len(items))

    return read


@given(lists(integers(), max_size=40), integers(1, 7), none() | integers(0, 50))
def test_every_page_is_followed_to_the_end_or_to_what_is_wanted(items: list[int], limit: int, most: int | None) -> None:
    """Nothing is left out or given twice, whatever the size of a page, and never more than was asked for."""
    assert list(every(_reader(items), Query(limit=limit), most)) == (items if most is None else items[:most])
    whole = list(pages_of(_reader(items), Query(limit=limit)))
    assert [item for page in whole for item in page.items] == items


def test_a_page_is_read_only_when_it_is_asked_for() -> None:
    """Who stops early costs no more than what he took."""
    asked: list[str] = []

    def read(query: Query) -> Page[int]:
        asked.append(query.cursor)
        return _reader(list(range(100)))(query)

    assert next(every(read, Query(limit=10))) == 0
    assert asked == [""]
    assert len(list(every(read, Query(limit=10), 20))) == 20
    assert asked == ["", "", "10"]
