"""Filters from addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.errors import UsageError
from periderm.model.query import Query
from periderm.model.severity import Severity
from periderm.server import filters as f

ALL = (f.ASSET, f.SEVERITY, f.state(["new", "resolved"]), f.kind(["node"]), *f.COMMON)


def test_values_become_a_query() -> None:
    """Each in its type; empty ones do not restrict."""
    given_ = {"severity_at_least": "high", "limit": "7", "text": "a b", "state": "new", "since": "5", "asset_id": ""}
    assert f.query_from(given_, ALL) == Query(severity_at_least=Severity.HIGH, limit=7, text="a b", state="new", since=5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"), ("limit", "1001"), ("limit", "-1"), ("limit", "1e3"), ("limit", "٣"), ("since", "9" * 30),
        ("state", "old"), ("severity_at_least", "5"), ("order", "name"), ("text", "a" * 1001), ("unknown", "x"), ("kind", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told(name: str, value: str) -> None:
    """Never ignored: a filter that is silently dropped shows too much."""
    with pytest.raises(UsageError) as error:
        f.query_from({name: value}, ALL)
    assert error.value.next_step


@given(st.dictionaries(st.sampled_from([p.name for p in ALL] + ["x"]), st.text(max_size=50)))
def test_any_address_gives_a_query_or_a_clear_error(given_: dict[str, str]) -> None:
    """And the limit is always within bounds."""
    try:
        query = f.query_from(given_, ALL)
    except UsageError:
        return
    assert 1 <= query.limit <= f.MOST_ITEMS
