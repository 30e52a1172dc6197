"""The list of incidents."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.console.pages.incidents import page
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.story import INCIDENT_ID


def test_a_row_is_an_incident(told: Application, ask: Asks) -> None:
    """With letter and word of its severity, and an address of its own."""
    text = page(ask("/incidents"))
    rows = [r for r in all_of(text, "tr") if r.get("data-href")]
    assert [r["data-href"] for r in rows] == [f"/incidents/{INCIDENT_ID}"]
    assert "C critical" in texts(text)


def test_a_filter_that_matches_nothing_is_not_an_empty_product(told: Application, ask: Asks) -> None:
    """Two different sentences."""
    assert "Nothing matches this filter." in texts(page(ask("/incidents", query={"state": "resolved"})))


def test_without_any_the_command_is_shown(empty: Application, ask: Asks) -> None:
    """The sample makes one."""
    assert "sudo periderm demo" in texts(page(ask("/incidents")))


def test_what_happened_on_a_machine_names_it(told: Application, ask: Asks) -> None:
    """'The host' says nothing where there are many."""
    incident = told.store.incident(INCIDENT_ID)
    assert incident is not None
    here = msgspec.structs.replace(incident, id="inc-here", container_id="", container_name="")
    told.store.put_incident(here)
    assert "shop-01" in texts(page(ask("/incidents")))
