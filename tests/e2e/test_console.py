"""The console as people meet it: in a real browser, against a real server, in both languages, themes and by keyboard."""

from __future__ import annotations

import re

import msgspec
import pytest

from periderm.app.incidents import change_state
from periderm.app.sign_in import make_sign_in_link
from periderm.model.effect import EffectState
from periderm.model.finding import Finding, FindingKind
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests import hostile, story
from tests.e2e.conftest import Site
from tests.story import INCIDENT_ID

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/incidents",
    f"/incidents/{INCIDENT_ID}",
    f"/incidents/{INCIDENT_ID}/respond?kind=pause-container",
    f"/incidents/{INCIDENT_ID}/false-alarm",
    f"/incidents/{INCIDENT_ID}/traces",
    "/detectors/RUN-002",
    "/findings",
    "/findings/fnd-secret-cloud",
    "/assets",
    "/assets/con-web1",
    "/assets/img-shop",
    "/gaps",
    "/triage",
    "/search?q=shop",
    "/responses",
    "/settings",
)

# Ratio of luminances (WCAG 2.2, 1.4.3) of every piece of text against the nearest ground that is painted behind it.
CONTRAST = """() => {
  const parse = (c) => { const m = c.match(/[\\d.]+/g); return m ? m.map(Number) : [0, 0, 0, 0]; };
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [r, g, b].map((v) => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return parse(getComputedStyle(document.documentElement).backgroundColor); };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || !e.checkVisibility() || e.closest("svg, .hide, .skip, option, title, desc")) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${e.tagName}.${e.className} ${text.slice(0, 30)}`);
  }
  return bad;
}"""
WIDTH = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_readable(site: Site, theme: str, language: str) -> None:
    """AA contrast, no sideways scrolling from a phone to a wall, no complaint of the browser (a broken policy is one)."""
    story.tell(site.app)
    page = site.open("/", color_scheme=theme, locale="zh-CN" if language == "zh" else "en-GB")
    for path in PAGES:
        page.goto(site.url + path)
        assert page.get_attribute("html", "lang") == ("zh-Hans" if language == "zh" else "en")
        for width in (360, 1280, 3840):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(WIDTH) <= 0, (path, width)
            assert page.evaluate(CONTRAST) == [], (path, width)
    assert site.complaints == []
    assert {u.split("/")[2] for u in site.requests} == {site.url.split("/")[2]}


def test_a_chosen_theme_goes_before_the_system(site: Site) -> None:
    """And stays for the next page."""
    page = site.open("/", color_scheme="light")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    with page.expect_event("load"):
        page.click(".to-dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(site.url + "/gaps")
    assert page.evaluate(ground) == dark
    with page.expect_event("load"):
        page.click(".to-light")
    assert page.evaluate(ground) == light


def test_nothing_hostile_runs(site: Site) -> None:
    """With an attack in every field that can be filled from outside, on every page, also after a live redraw."""
    hostile.tell(site.app)
    page = site.open("/")
    paths = [*PAGES, "/incidents", "/assets"]
    for path in paths:
        answer = page.goto(site.url + path)
        assert answer is not None
        assert answer.status in (200, 404)
        if path in ("/incidents", "/assets"):
            for link in page.locator("tr[data-href] a").all()[:4]:
                assert (link.get_attribute("href") or "").startswith("/")
        assert page.title() != "owned"
        assert page.locator("img, iframe, object, body script").count() == 0
        assert page.locator("head script").count() == 1
    page.goto(site.url + "/incidents")
    page.wait_for_selector(".live.on")
    change_state(site.app, LOCAL_ADMIN, INCIDENT_ID, IncidentState.ACKNOWLEDGED)
    page.click(".news button")
    page.wait_for_selector("td:has-text('being handled')")
    assert page.title() != "owned"
    assert page.locator("main script, main img").count() == 0
    assert site.complaints == []


def test_a_link_works_once_in_a_browser(site: Site) -> None:
    """The cookie is out of reach of scripts; the used link explains itself; signing out ends it."""
    link = make_sign_in_link(site.app, LOCAL_ADMIN)
    page = site.open("/", signed=False)
    assert page.locator("text=You are not signed in.").is_visible()
    page.goto(link)
    assert page.url == site.url + "/"
    assert page.evaluate("document.cookie") == ""
    cookie = page.context.cookies()[0]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    page.goto(link)
    assert page.locator("text=was used already").is_visible()
    page.goto(site.url)
    page.click("text=Sign out")
    page.wait_for_url(site.url + "/sign-in")
    page.goto(site.url)
    assert page.locator("text=You are not signed in.").is_visible()


def test_empty_pages_teach(site: Site) -> None:
    """Each names the command that fills it."""
    page = site.open("/")
    assert page.locator("h1").inner_text() == "Nothing needs you now."
    for path, command in (
        ("/incidents", "sudo periderm demo"),
        ("/findings", "periderm scan image IMAGE"),
        ("/assets", "sudo periderm up"),
        ("/gaps", "periderm doctor"),
    ):
        page.goto(site.url + path)
        assert page.locator(".empty code").inner_text() == command
    assert site.complaints == []


def test_a_failing_store_says_what_still_works(site: Site) -> None:
    """And a live page keeps what it shows."""
    story.tell(site.app)
    page, live = site.open("/"), site.open("/incidents")
    live.wait_for_selector(".live.on")
    site.app.store.close()
    page.goto(site.url + "/incidents")
    assert page.locator("text=The sensor keeps watching").is_visible()
    assert page.locator("text=Try again").is_visible()
    assert live.locator("tr[data-href]").count() == 1


def findings(count: int) -> list[Finding]:
    """Many."""
    word, zh = "Hold a cloud access key", "包含云访问密钥"
    return [
        Finding(
            id=f"fnd-{i:05d}",
            detector="IMG-SECRET-CLOUD",
            kind=FindingKind.SECRET,
            severity=Severity(1 + i % 5),
            asset_id="img-shop",
            title=Text(f"{word} {i}", f"{zh} {i}"),
            message=Text(word, zh),
            remediation=Text("Remove it.", "删除它。"),
            location=f"/var/lib/a/very/long/path/that/does/not/fit/into/a/column/of/a/table/at/all/{i}/credentials.json",
            last_seen=story.SECOND * (1_700_000_000 + i),
        )
        for i in range(count)
    ]


def test_ten_thousand_findings_are_walked(site: Site) -> None:
    """Page by page and by filter; the address holds the state, so that going back and sharing work."""
    story.tell(site.app)
    with site.app.store.transaction():
        site.app.store.put_findings(findings(10_000))
    page = site.open("/findings?order=severity")
    assert "10,004" in page.locator(".lead-small").inner_text()
    first = page.locator("tr[data-href]").nth(0).get_attribute("data-href")
    assert page.locator("tr[data-href]").count() < 100  # only those in sight are drawn; how they scroll: test_console_tables
    plain = site.open("/findings?order=severity", java_script_enabled=False)
    assert plain.locator("tr[data-href]").nth(0).get_attribute("data-href") == first
    assert plain.locator("tr[data-href]").count() == 100
    with plain.expect_event("load"):
        plain.click("a[rel=next]")
    assert plain.locator("tr[data-href]").nth(0).get_attribute("data-href") != first
    page.select_option("select[name=severity]", "critical")
    page.wait_for_url(re.compile("severity=critical"))
    assert "2,000" in page.locator(".lead-small").inner_text()
    page.fill("input[type=search]", "key 4")
    page.press("input[type=search]", "Enter")
    page.wait_for_url(re.compile("q=key"))
    shared = page.url
    count = page.locator(".lead-small").inner_text()
    page.goto(site.url)
    page.goto(shared)
    assert page.locator(".lead-small").inner_text() == count
    assert page.input_value("input[type=search]") == "key 4"
    cell = page.locator("tbody .mid").first
    assert cell.locator(".tail").is_visible()
    assert page.evaluate("e => e.scrollWidth <= e.clientWidth + 1", page.query_selector("tbody td:nth-child(3)"))


def test_the_keyboard_is_enough(site: Site) -> None:
    """j and k walk, x selects, / searches, Enter opens; letters typed into the search stay letters."""
    told = story.tell(site.app)
    for i in range(3):
        site.app.store.put_incident(msgspec.structs.replace(told, id=f"inc-{i}", last_time=told.last_time - i - 1))
    page = site.open("/incidents")
    at = "tr.at"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator(at).count() == 1
    chosen = page.locator(at).get_attribute("data-href")
    assert chosen == page.locator("tr[data-href]").nth(1).get_attribute("data-href")
    page.keyboard.press("x")
    assert page.locator(".bulk").is_visible()
    assert page.locator(".bulk span").inner_text() == "1 selected"
    page.keyboard.press("/")
    page.keyboard.type("jkx")
    assert page.input_value("input[type=search]") == "jkx"
    assert page.locator(at).get_attribute("data-href") == chosen
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(site.url + str(chosen))


def test_focus_is_always_visible(site: Site) -> None:
    """Tab reaches every link and button of the overview, each with an outline."""
    story.tell(site.app)
    page = site.open("/")
    outline = (
        "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && s.outlineWidth; }"
    )
    seen = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
        assert page.evaluate(outline) == "2px"
    assert len(seen) == 20


def test_many_are_handled_at_once(site: Site) -> None:
    """Select, then one button for all."""
    told = story.tell(site.app)
    site.app.store.put_incident(msgspec.structs.replace(told, id="inc-2"))
    page = site.open("/incidents")
    for box in page.locator("tbody input[type=checkbox]").all():
        box.check()
    page.click(".bulk button[value=resolved]")
    page.wait_for_selector("td:has-text('resolved')")
    assert site.app.store.incidents(Query(state="resolved")).total == 2


def test_news_wait_behind_a_line(site: Site) -> None:
    """Rows do not move under the pointer: '1 new' stands above them until it is pressed; the selection stays."""
    told = story.tell(site.app)
    page = site.open("/incidents")
    page.wait_for_selector(".live.on")
    page.locator("tbody input[type=checkbox]").first.check()
    later = msgspec.structs.replace(told, id="inc-later", last_time=told.last_time + story.SECOND)
    site.app.store.put_incident(later)
    page.wait_for_selector(".news button:has-text('1 new')")
    assert page.locator("tr[data-href]").count() == 1
    page.click(".news button")
    page.wait_for_selector("tr[data-href='/incidents/inc-later']")
    assert page.locator("tr[data-href]").count() == 2
    assert page.locator(f"input[value={INCIDENT_ID}]").is_checked()
    page.wait_for_selector(".news button", state="hidden")  # the line itself has no height: it is hidden to the browser always


def test_the_overview_draws_itself_anew(site: Site) -> None:
    """From peace to alarm without a hand on the keyboard."""
    page = site.open("/")
    page.wait_for_selector(".live.on")
    assert page.locator("h1").inner_text() == "Nothing needs you now."
    story.tell(site.app)
    page.wait_for_selector("h1:has-text('One incident needs you.')")
    assert site.complaints == []


def test_a_response_is_shown_then_ordered_then_undone(site: Site) -> None:
    """What it hits; one deliberate step; a record with the person's name; and the way back."""
    story.tell(site.app)
    page = site.open(f"/incidents/{INCIDENT_ID}")
    with page.expect_event("load"):
        page.click("a.button:has-text('Pause the container')")
    assert page.locator("text=2 other containers of the workload go on.").is_visible()
    assert page.locator("text=Nothing has been done yet.").is_visible()
    assert site.app.store.effects(Query(kind="pause-container")).total == 0
    page.click("button:has-text('Pause it now')")
    assert site.app.store.effects(Query(kind="pause-container")).total == 0  # nothing without a reason
    page.fill("input[name=reason]", "stop it while we look")
    page.click("button:has-text('Pause it now')")
    page.wait_for_url(re.compile("#responses"))
    pause = site.app.store.effects(Query(kind="pause-container")).items[0]
    assert (pause.state, pause.effect.decided_by) == (EffectState.ORDERED, "user:ada")
    site.app.store.put_effect(msgspec.structs.replace(pause, state=EffectState.APPLIED, time=pause.time + 1))
    page.reload()
    assert page.locator(".lanes .cut").count() == 2
    with page.expect_event("load"):
        page.click("a.button:has-text('Resume the container')")
    page.fill("input[name=reason]", "we have looked")
    page.click("button:has-text('Resume it now')")
    page.wait_for_url(re.compile("#responses"))
    assert site.app.store.effects(Query(kind="resume-container")).items[0].state is EffectState.ORDERED
    assert site.complaints == []


def test_from_the_shell_to_the_finding_by_clicking(site: Site) -> None:
    """Somebody who has never seen the product follows the marks of the picture."""
    story.tell(site.app)
    page = site.open("/")
    page.click(".story a")
    shell = page.locator(".lanes .step").first
    shell.click()
    page.wait_for_url(re.compile(r"#step-\d+$"))
    page.locator(".lanes .fmark").first.click()
    page.wait_for_url(re.compile("#finding-1$"))
    with page.expect_event("load"):
        page.click("#finding-1 a")
    assert page.locator("h1").inner_text().endswith("Bring a shell")
    with page.expect_event("load"):
        page.click("dd a")
    assert "localhost/shop/web:2.4" in page.locator("h1").inner_text()


def test_without_scripts_one_reads_and_acts(site: Site) -> None:
    """Incidents, their picture, filters and responses are plain pages and forms."""
    story.tell(site.app)
    page = site.open(f"/incidents/{INCIDENT_ID}", java_script_enabled=False)
    assert page.locator("svg.lanes .step").count() == 4
    assert page.locator("#step-1").is_visible()
    with page.expect_event("load"):
        page.click("button[value=acknowledged]")
    assert page.locator(".states b").inner_text() == "being handled"
    page.goto(site.url + "/findings")
    page.select_option("select[name=severity]", "high")
    with page.expect_event("load"):
        page.click(".filters button")
    assert page.locator("tr[data-href]").count() == 1


def test_a_click_copies_the_whole(site: Site) -> None:
    """Not only what fits the column."""
    story.tell(site.app)
    page = site.open("/assets/img-shop")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page.click(f"[data-copy='{story.DIGEST}']")
    page.wait_for_selector(".mid.done")
    assert page.evaluate("navigator.clipboard.readText()") == story.DIGEST


def test_a_page_of_another_site_reaches_nothing(site: Site, tmp_path: object) -> None:
    """Neither by reading nor by posting, with the session in the same browser."""
    story.tell(site.app)
    page = site.open("/")
    evil = page.context.new_page()
    evil.route("http://evil.test/**", lambda r: r.fulfill(body="<!doctype html><p>hello", content_type="text/html"))
    evil.goto("http://evil.test/")
    read = """async (url) => { try { const answer = await fetch(url, {credentials: 'include'});
        return await answer.text(); } catch (e) { return 'refused'; } }"""
    assert evil.evaluate(read, f"{site.url}/api/v1/incidents") == "refused"
    post = """async (url) => { try { await fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include',
        headers: {'content-type': 'application/x-www-form-urlencoded'}, body: 'id=inc-shop&state=resolved'});
        } catch (e) {} }"""
    evil.evaluate(post, f"{site.url}/incidents/state")
    held = site.app.store.incident(INCIDENT_ID)
    assert held is not None
    assert held.state is IncidentState.NEW
