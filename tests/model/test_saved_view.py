"""Views that people keep."""

from __future__ import annotations

from periderm.model.saved_view import SavedView


def test_a_view_leads_to_its_page() -> None:
    """With its state, if it has one."""
    assert SavedView(id="v", name="n", page="assets").address == "/assets"
    assert SavedView(id="v", name="n", page="assets", state="q=a").address == "/assets?q=a"
