"""The answer to a search."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.app.views import list_views
from periderm.console.pages.search import page, remove_from, save_from
from tests.console.conftest import Asks
from tests.console.markup import texts
from tests.story import INCIDENT_ID


def test_hits_are_grouped_and_lead_to_their_pages(told: Application, ask: Asks) -> None:
    """With what was not searched, and the language."""
    shown = page(ask("/search", query={"q": "shop severity>=low"}))
    assert f"/incidents/{INCIDENT_ID}" in shown
    said = texts(shown)
    assert "Incidents" in said
    assert "were not searched" in said
    assert "who answers for it" in said


def test_nothing_and_nonsense(told: Application, ask: Asks) -> None:
    """Each with what to do."""
    assert "Nothing matches" in texts(page(ask("/search", query={"q": "nosuchword in:incidents"})))
    assert "never closed" in texts(page(ask("/search", query={"q": "(a"})))
    assert "What a search may say" in texts(page(ask("/search")))


def test_a_view_is_kept_and_taken_away(told: Application, ask: Asks) -> None:
    """And one is led back to where it was made."""
    form = {"name": ["mine"], "page": ["incidents"], "state": ["q=shop"], "shared": ["yes"]}
    asked = ask("/search")
    assert save_from(asked, form) == "/incidents?q=shop"
    (view,) = list_views(told, asked.person)
    assert view.shared
    assert remove_from(ask("/views", parts={"id": view.id}), {"back": ["/incidents"]}) == "/incidents"
    assert list(list_views(told, asked.person)) == []
