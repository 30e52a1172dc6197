"""What people tell the product in a real browser: a false alarm with what keeps it away, a ticket; and the parts of an incident
that come when they are looked at."""

from __future__ import annotations

import re

import pytest

from periderm.model.incident import IncidentState
from periderm.model.notice import Channel, Destination
from tests import hostile, story
from tests.e2e.conftest import Site
from tests.story import INCIDENT_ID, WORKLOAD_ID

pytestmark = pytest.mark.browser

HOME = f"/incidents/{INCIDENT_ID}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_false_alarm_is_said_with_what_keeps_it_away(site: Site, scripts: bool) -> None:
    """Nothing is done until it is said; then the incident says so, the exception is there, and the detector counts it."""
    story.tell(site.app)
    page = site.open(HOME, java_script_enabled=scripts, locale="en-GB")
    with page.expect_event("load"):
        page.get_by_role("link", name="False alarm…").click()
    assert page.get_by_text("Nothing has been done yet.").is_visible()
    page.get_by_label(re.compile(r"This rule, these programs, this workload\s+RUN-002")).check()
    assert site.app.store.exemptions() == []
    page.get_by_label("Why it was false").fill("our own health check")
    with page.expect_event("load"):
        page.get_by_role("button", name="Say that it was a false alarm").click()
    assert page.locator(".states b").inner_text() == "false alarm"
    assert page.get_by_text("our own health check").first.is_visible()
    (made,) = site.app.store.exemptions()
    assert (made.scope.findings, made.scope.assets, made.owner) == (("RUN-002",), (WORKLOAD_ID,), "ada")
    page.goto(site.url + "/detectors/RUN-002")
    assert page.get_by_text("One of them is in an incident that people called a false alarm.").is_visible()
    page.goto(site.url + "/exceptions")
    assert page.get_by_text("our own health check").first.is_visible()
    assert site.complaints == []


def test_flows_and_files_come_when_they_are_looked_at(site: Site) -> None:
    """In the incident's own page; without scripts a link leads there."""
    story.tell(site.app)
    page = site.open(HOME)
    page.locator("#traces").scroll_into_view_if_needed()
    page.wait_for_selector("section[data-loaded]", timeout=60_000)
    assert "203.0.113.7:3333" in page.locator("#traces").inner_text()
    plain = site.open(HOME, java_script_enabled=False)
    with plain.expect_event("load"):
        plain.locator("#traces a").click()
    assert plain.locator("#files").is_visible()
    assert site.complaints == []


def test_what_comes_later_runs_nothing(site: Site) -> None:
    """With an attack in every field that can be filled from outside."""
    hostile.tell(site.app)
    page = site.open(HOME)
    page.locator("#traces").scroll_into_view_if_needed()
    page.wait_for_selector("section[data-loaded]", timeout=60_000)
    assert page.title() != "owned"
    assert page.locator("main script, main img, main iframe").count() == 0
    for path in (f"{HOME}/false-alarm", "/assets/con-web1", "/assets/img-shop"):
        page.goto(site.url + path)
        assert page.title() != "owned"
        assert page.locator("img, iframe, object, body script").count() == 0
    assert site.complaints == []


def test_a_ticket_is_ordered_where_the_incident_is_read(site: Site) -> None:
    """One button; the page says that it was asked for."""
    story.tell(site.app)
    site.app.store.put_destination(Destination(name="ops", channel=Channel.JIRA, secret="env:NOWHERE"))
    page = site.open(HOME, locale="en-GB")
    with page.expect_event("load"):
        page.get_by_role("button", name="Open a ticket").click()
    assert page.get_by_text("A ticket was asked of ops").is_visible()
    told = site.app.store.incident(INCIDENT_ID)
    assert told is not None
    assert told.state is IncidentState.NEW


def test_a_pdf_is_kept_and_not_shown(site: Site) -> None:
    """The button hands out a file with a plain name."""
    story.tell(site.app)
    page = site.open(HOME, locale="zh-CN")
    with page.expect_download() as kept:
        page.get_by_role("link", name="导出 PDF").click()
    assert kept.value.suggested_filename == f"incident-{INCIDENT_ID}.pdf"
    assert kept.value.path().read_bytes().startswith(b"%PDF-1.7")


def test_the_picture_of_an_asset_leads_on(site: Site) -> None:
    """By its boxes and by the table that says the same."""
    story.tell(site.app)
    page = site.open("/assets/img-shop", locale="en-GB")
    with page.expect_event("load"):
        page.get_by_role("link", name="container: shop-web-1").click()
    assert page.locator("h1").inner_text() == "container shop-web-1"
    page.get_by_text("As a table").click()
    rows = page.locator("#graph tbody tr").all_inner_texts()
    assert any("answers for" in row and "team-shop" in row for row in rows)
    assert len(rows) == page.locator("svg.graph path.link").count()
