"""The search for a package."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.console.pages.packages import page
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.scanned import tell_scans


def test_where_a_package_is(told: Application, ask: Asks) -> None:
    """Each row leads to the image, with that package."""
    tell_scans(told)
    text = page(ask("/packages", query={"text": "=lodash"}))
    assert "It is in 2 places." in texts(text)
    rows = [r["data-href"] for r in all_of(text, "tr") if r.get("data-href")]
    assert len(rows) == 2
    assert all(row.endswith("?text=%3Dlodash#h-packages") for row in rows)


def test_nowhere_says_what_that_means(told: Application, ask: Asks) -> None:
    """Images that were never scanned cannot be searched."""
    assert "never scanned cannot be searched" in texts(page(ask("/packages", query={"text": "zzz"})))


def test_a_type_that_is_not_listed_stays_chosen(told: Application, ask: Asks) -> None:
    """Somebody may have got the address from the API."""
    text = page(ask("/packages", query={"kind": "<b>"}))
    assert [o["value"] for o in all_of(text, "option") if "selected" in o] == ["<b>"]
