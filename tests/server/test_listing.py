"""The two shapes of entries."""

from __future__ import annotations

from periderm.model.query import Page
from periderm.server import filters as f
from periderm.server.listing import listing, one


def test_a_list_has_pages_and_only_the_parameters_that_it_names() -> None:
    """Nothing is taken and ignored."""
    entry = listing("things", "Things.", str, lambda _app, _who, query: query, f.IMAGE, common=f.PAGING)
    assert (entry.path, entry.answer) == ("/api/v1/things", Page[str])
    assert [p.name for p in entry.parameters] == ["image_digest", "cursor", "limit"]


def test_one_thing_is_asked_for_by_its_id() -> None:
    """In the path."""
    assert one("things", "A thing.", str, lambda *_: "").path == "/api/v1/things/{id}"
