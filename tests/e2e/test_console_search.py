"""Searching, completing, times and saved views in a real browser, with and without scripts."""

from __future__ import annotations

import re

import pytest

from periderm.app.views import list_views
from periderm.model.principal import LOCAL_ADMIN
from tests import story
from tests.e2e.conftest import Site
from tests.story import INCIDENT_ID

pytestmark = pytest.mark.browser

OFFERED = ".find .choicelist:not([aria-busy]) li"  # for what is typed now, not for what was typed before


def test_a_search_is_completed_and_answered(site: Site) -> None:
    """From any page, by keyboard: names of fields and of what there is are offered, and what fits is grouped by kind."""
    story.tell(site.app)
    page = site.open("/coverage", locale="en-GB")
    page.wait_for_selector(".live.on, .live:not(.on)", state="attached")
    field = page.locator(".find input")
    field.click()
    field.press_sequentially("sever")
    page.wait_for_selector(f"{OFFERED}:has-text('severity')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.find input').value === 'severity>='")
    page.wait_for_selector(f"{OFFERED}:has-text('high')")
    page.keyboard.type("low container:shop-w")
    page.wait_for_selector(f"{OFFERED}:has-text('shop-web')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.find input').value.includes('container:shop-web')")
    page.keyboard.press("Escape")
    with page.expect_event("load"):
        field.press("Enter")
    assert page.url.startswith(f"{site.url}/search?q=severity")
    assert page.locator(f"tr[data-href='/incidents/{INCIDENT_ID}']").first.is_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert site.complaints == []


def test_lists_take_the_same_search_and_times_and_keep_views(site: Site) -> None:
    """Without scripts too: the address holds it all, what is wrong is told beside what was typed, a view leads back."""
    story.tell(site.app)
    page = site.open("/incidents", locale="en-GB", java_script_enabled=False)
    page.fill("main input[type=search]", "state:new severity>=low")
    with page.expect_event("load"):
        page.click(".filters button[type=submit]")
    assert re.search(r"[?&]q=state%3Anew", page.url)
    assert page.locator("tr[data-href]").count() == 1
    page.click(".when summary")
    with page.expect_event("load"):
        page.click(".spans a:has-text('30d')")
    assert "since=30d" in page.url
    page.click(".views summary")
    page.fill(".views input[name=name]", "new ones")
    page.check(".views input[name=shared]")
    with page.expect_event("load"):
        page.click(".views button:has-text('Save')")
    (view,) = list_views(site.app, LOCAL_ADMIN)
    assert view.shared
    assert page.url == site.url + view.address
    page.goto(site.url + "/incidents?q=serverity%3Ahigh")
    assert "There is no field `serverity`" in page.locator("[role=alert]").inner_text()
    assert page.input_value("main input[type=search]") == "serverity:high"
    page.click(".views summary")
    with page.expect_event("load"):
        page.click(".views a:has-text('new ones')")
    assert page.locator("tr[data-href]").count() == 1
    page.click(".views summary")
    with page.expect_event("load"):
        page.click(".views button:has-text('Remove')")
    assert list_views(site.app, LOCAL_ADMIN) == []
