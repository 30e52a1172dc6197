"""Tables that hold a hundred thousand rows, in a real browser: scrolled, jumped through, walked by keyboard, selected, narrow
and wide, with a server that fails, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
import pytest

from periderm.console import assets
from periderm.model.incident import IncidentState
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests import many, story
from tests.e2e.conftest import Site, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

COUNT = 100_000
DRAWN = "tbody tr:not(.space)"
ROW = "tbody tr[data-href]"
# The rows that a person sees: their places, and the vertical distance between neighbours.
SEEN = """() => [...document.querySelectorAll('tbody tr:not(.space)')]
  .filter((r) => { const b = r.getBoundingClientRect(); return b.top >= 73 && b.bottom <= innerHeight; })
  .map((r) => [Number(r.ariaRowIndex) - 2, r.dataset.href ?? '', Math.round(r.getBoundingClientRect().height)])"""
COMPLETE = """() => { const rows = [...document.querySelectorAll('tbody tr:not(.space)')]
  .filter((r) => { const b = r.getBoundingClientRect(); return b.bottom > 74 && b.top < innerHeight; });
  return rows.length > 5 && rows.every((r) => r.dataset.href); }"""
# Where a row lies, all read in one moment; null while it is not there.
PLACE = """(href) => { const row = document.querySelector(`tr[data-href='${href}']`);
  if (!row) return null; const b = row.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }"""
# After every change of the rows: where a row lies, and how many rows in sight are blank.
WATCH = f"""(href) => {{ const place = {PLACE}; window.seen = [];
  new MutationObserver(() => window.seen.push([place(href), [...document.querySelectorAll('tbody .waiting')]
    .filter((r) => {{ const b = r.getBoundingClientRect(); return b.bottom > 74 && b.top < innerHeight; }}).length]))
    .observe(document.querySelector('table.rows tbody'), {{childList: true}}); }}"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, browser: Browser, built: assets.Assets) -> Iterator[Site]:
    """A server with a hundred thousand incidents and one, for the tests of this file."""
    with running(tmp_path_factory.mktemp("crowd"), browser, built) as site:
        many.tell_many(site.app, COUNT)
        yield site


@pytest.fixture
def crowd(told: Site) -> Iterator[Site]:
    """The same, with pages of this test only: one that stays open listens on, and a person has only so many of them."""
    yield told
    told.leave()


def settled(page: Page) -> list[list[object]]:
    """Waits until every row in sight has come; the rows."""
    page.wait_for_function(COMPLETE)
    found: list[list[object]] = page.evaluate(SEEN)
    return found


def scrolled(page: Page, share: float) -> list[list[object]]:
    """Drags the scroll bar to a share of the page."""
    page.evaluate("(share) => scrollTo(0, (document.documentElement.scrollHeight - innerHeight) * share)", share)
    page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    return settled(page)


def expected(row: int) -> str:
    """Where the row leads: the story's own incident is the newest."""
    return f"/incidents/{story.INCIDENT_ID}" if row == 0 else f"/incidents/inc-many-{row - 1:06d}"


def test_a_hundred_thousand_rows_scroll(crowd: Site) -> None:
    """From the first to the last, every row in its place, all of one height, and never many of them drawn."""
    page = crowd.open("/incidents", viewport={"width": 1280, "height": 800})
    assert "100,001" in page.locator(".lead-small").inner_text()
    assert page.get_attribute("table.rows", "aria-rowcount") == str(COUNT + 2)
    for share in (0.0, 0.01, 0.5, 0.73, 1.0, 0.0):
        rows = scrolled(page, share)
        places = [int(str(row[0])) for row in rows]
        assert places == list(range(places[0], places[0] + len(places)))
        assert [row[1] for row in rows] == [expected(place) for place in places]
        assert len({row[2] for row in rows}) == 1
        assert page.locator(DRAWN).count() < 100
        if share == 0.5:
            assert abs(places[0] - COUNT / 2) < COUNT / 50
    scrolled(page, 1.0)
    assert page.locator(ROW).last.get_attribute("data-href") == expected(COUNT)
    assert page.locator(".foot").is_visible()
    assert crowd.complaints == []


def test_the_address_holds_the_place(crowd: Site) -> None:
    """A reload and a colleague begin there; going back from an incident leads to the row that was left."""
    page = crowd.open("/incidents?order=severity")
    scrolled(page, 0.4)
    page.wait_for_url(re.compile(r"order=severity&skip=\d+00$"))
    first = settled(page)[0]
    page.reload()
    assert settled(page)[0] == first
    told = page.url
    other = crowd.open(told.removeprefix(crowd.url))
    place = int(told.rpartition("=")[2])
    assert settled(other)[0][0] == place
    link = page.locator(f"tr[data-href='{first[1]}'] a").first
    with page.expect_event("load"):
        link.click()
    page.go_back()
    assert first in settled(page)


def test_without_scripts_the_place_is_a_page(crowd: Site) -> None:
    """The same address shows the same rows, with a way on and a way back to the beginning."""
    page = crowd.open("/incidents?skip=50000", java_script_enabled=False)
    assert page.locator(ROW).count() == 100
    assert page.locator(ROW).first.get_attribute("data-href") == expected(50_000)
    with page.expect_event("load"):
        page.click("a[rel=next]")
    assert page.locator(ROW).first.get_attribute("data-href") == expected(50_100)
    with page.expect_event("load"):
        page.click(".pager a:not([rel=next])")
    assert page.locator(ROW).first.get_attribute("data-href") == expected(0)


def test_the_keyboard_walks_beyond_what_is_drawn(crowd: Site) -> None:
    """j goes on where rows were not drawn yet; x and X select; what is selected goes with the form wherever it is."""
    page = crowd.open("/incidents", viewport={"width": 1280, "height": 800})
    for _ in range(130):
        page.keyboard.press("j")
        page.wait_for_selector("tr.at[data-href]")
    assert page.locator("tr.at").get_attribute("data-href") == expected(129)
    box = page.locator("tr.at").bounding_box()
    assert box is not None
    assert 74 <= box["y"] <= 800
    assert page.evaluate("document.activeElement.closest('tr').dataset.href") == expected(129)
    page.keyboard.press("x")
    for _ in range(3):
        page.keyboard.press("j")
    page.wait_for_selector(f"tr.at[data-href='{expected(132)}']")
    page.keyboard.press("X")
    assert page.locator(".bulk [data-count]").inner_text() == "4 selected"
    scrolled(page, 0.9)
    assert page.locator(".bulk [data-count]").inner_text() == "4 selected"
    before = crowd.app.store.incidents(Query(state=IncidentState.RESOLVED.value)).total
    with page.expect_event("load"):
        page.click(".bulk button[value=resolved]")
    chosen = [crowd.app.store.incident(f"inc-many-{n:06d}") for n in range(128, 132)]
    assert [one.state for one in chosen if one is not None] == [IncidentState.RESOLVED] * 4
    assert crowd.app.store.incidents(Query(state=IncidentState.RESOLVED.value)).total >= before


def test_all_that_is_shown_is_selected_at_once(crowd: Site) -> None:
    """By the box of the head; and let go again by one button."""
    page = crowd.open("/incidents")
    settled(page)
    drawn = page.locator(ROW).count()
    page.check("thead .check input")
    assert page.locator(".bulk [data-count]").inner_text() == f"{drawn} selected"
    page.click(".bulk .clear")
    assert page.locator(".bulk").is_hidden()
    assert page.locator("tbody input:checked").count() == 0


def test_news_move_nothing(crowd: Site) -> None:
    """Not by a pixel, in the middle of the list, and not when something is selected; shown on demand, the place is kept, and
    what is read there is never blank, though the server hands out its rows in runs and two of them are in sight."""
    page = crowd.open("/incidents?skip=30000")
    page.wait_for_selector(".live.on")
    settled(page)
    page.evaluate("scrollBy(0, -5 * document.querySelector('tr[data-href]').getBoundingClientRect().height)")
    page.wait_for_function("() => [...document.querySelectorAll('tr[data-href]')].some((r) => r.ariaRowIndex === '29998')")
    rows = settled(page)
    places = [int(str(row[0])) for row in rows]
    assert places[0] < 30_000 < places[-1]
    href = rows[3][1]
    row = page.locator(f"tr[data-href='{href}']")
    before = page.evaluate(PLACE, href)
    row.locator("input").check()
    assert page.evaluate(PLACE, href) == before
    told = crowd.app.store.incident(story.INCIDENT_ID)
    assert told is not None
    crowd.app.store.put_incident(msgspec.structs.replace(told, id="inc-late", last_time=told.last_time - 10**15))
    page.wait_for_selector(".news button:has-text('1 new')")
    assert page.evaluate(PLACE, href) == before
    page.evaluate(WATCH, href)
    page.click(".news button")
    page.wait_for_selector(".news button", state="hidden")  # the line itself has no height: it is hidden to the browser always
    settled(page)
    assert row.locator("input").is_checked()
    seen = page.evaluate("window.seen")
    assert seen
    assert [one for one in seen if one != [before, 0]] == []


def test_a_server_that_fails_is_told(crowd: Site) -> None:
    """What is shown stays; what is missing is named; one press asks again."""
    page = crowd.open("/incidents")
    settled(page)
    failing = True
    page.route(re.compile("skip="), lambda route: route.abort() if failing else route.continue_())
    page.evaluate("scrollTo(0, 500000)")
    page.wait_for_selector(".place.trouble:has-text('did not come')")
    assert page.locator("tbody .waiting").count() > 5
    failing = False
    page.click(".place.trouble button")
    settled(page)
    page.wait_for_selector(".place.trouble", state="hidden")
    crowd.complaints.clear()  # the browser tells of the requests that were broken off


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_it_reads_from_a_phone_to_a_wall(crowd: Site, language: str) -> None:
    """No sideways scrolling, rows of one height that hold their words, and as many of them as there is room for."""
    page = crowd.open("/incidents", locale=language, color_scheme="dark" if language == "zh-CN" else "light")
    for width, height, least in ((360, 740, 5), (1280, 800, 15), (3840, 2160, 50)):
        page.set_viewport_size({"width": width, "height": height})
        rows = scrolled(page, 0.25)
        assert len(rows) >= least
        assert len({row[2] for row in rows}) == 1
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_columns_are_chosen_by_address(crowd: Site) -> None:
    """By a link of each, so also without scripts; the choice stays with filters and pages, and shows on a phone too."""
    page = crowd.open("/incidents", java_script_enabled=False, viewport={"width": 360, "height": 740})
    heads = "thead th:visible"
    assert "Where" not in page.locator(heads).all_inner_texts()
    page.click(".cols summary")
    with page.expect_event("load"):
        page.click(".cols a:has-text('Steps')")
    assert page.locator(heads).all_inner_texts()[-3:] == ["Where", "State", "Last seen"]
    with page.expect_event("load"):
        page.click("a[rel=next]")
    assert "Steps" not in page.locator(heads).all_inner_texts()
    page.click(".cols summary")
    with page.expect_event("load"):
        page.click(".cols a:has-text('Steps')")
    assert "cols=all" in page.url


def test_what_a_search_finds_scrolls_too(crowd: Site) -> None:
    """One run after the other, since a search jumps nowhere: in the list's own order, and nothing twice."""
    page = crowd.open("/incidents?q=severity>%3Dcritical")
    settled(page)
    before = -1
    for _ in range(3):
        places = [row[0] for row in scrolled(page, 1.0)]
        assert isinstance(places[-1], int)
        assert places[-1] > before
        before = places[-1]
    assert "skip=" not in page.url
    seen = [str(row[1]) for row in settled(page)]
    assert len(set(seen)) == len(seen)
    for address in seen[:3]:
        found = crowd.app.store.incident(address.rpartition("/")[2])
        assert found is not None
        assert found.severity is Severity.CRITICAL
