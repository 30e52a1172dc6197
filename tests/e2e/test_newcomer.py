"""Somebody who has never seen the product: from the overview alone to an incident that is found, understood, assigned,
commented on and answered; by clicks on words that are to be seen, and by keyboard alone; in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from periderm.model.effect import EffectState
from periderm.model.envelope import Heartbeat
from periderm.model.incident import IncidentState
from periderm.model.query import Query
from tests import story
from tests.e2e.conftest import Site
from tests.story import INCIDENT_ID, NODE_ID, SECOND

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ENGLISH = {
    "overview": "One incident needs you.",
    "sentence": "the kernel killed kworkerds",
    "why": "Why it is critical",
    "chain": "What happened, in the order of an attack",
    "weakness": "Bring a shell",
    "incidents": "Incidents",
    "handle": "I handle it",
    "handled": "being handled",
    "mine": "Assign to me",
    "comment": "Comment",
    "say": "Say it",
    "pause": "Pause the container…",
    "nothing": "Nothing has been done yet.",
    "reason": "Reason",
    "now": "Pause it now",
}
CHINESE = {
    "overview": "1 个事件需要您处理。",
    "sentence": "内核终止了 kworkerds",
    "why": "为什么是“严重”",
    "chain": "按攻击顺序看发生了什么",
    "weakness": "带有 shell",
    "incidents": "事件",
    "handle": "我来处理",
    "handled": "处理中",
    "mine": "分派给我",
    "comment": "评论",
    "say": "发表",
    "pause": "暂停容器…",
    "nothing": "尚未采取任何动作。",
    "reason": "理由",
    "now": "立即暂停",
}
LANGUAGES = [("en-GB", ENGLISH), ("zh-CN", CHINESE)]
SAID = "we look at the CGI script 看一下"
WHY = "it is attacked 正被攻击"
MOST_TABS = 250
# What a reader of the screen would call the element that has the focus.
NAMED = """() => { const e = document.activeElement; if (!e || e === document.body) return '';
  const label = e.labels && e.labels.length ? e.labels[0].innerText : '';
  return (label || e.getAttribute('aria-label') || e.innerText || e.value || '').trim(); }"""


def attacked(site: Site) -> None:
    """The shop's server, with an agent that is not silent however slow this test is."""
    story.tell(site.app)
    later = site.app.clock.now() + 3600 * SECOND
    site.app.store.put_heartbeat(Heartbeat(role="agent", node_id=NODE_ID, pid=900, time=later, version="0.1.0"))


def check(site: Site) -> None:
    """All of it was done, by ada."""
    incident = site.app.store.incident(INCIDENT_ID)
    handling = site.app.store.handling(INCIDENT_ID)
    assert incident is not None
    assert handling is not None
    assert incident.state is IncidentState.ACKNOWLEDGED
    assert handling.assignee == "ada"
    assert [(c.author, c.text) for c in handling.comments if c.text] == [("user:ada", SAID)]
    (pause,) = site.app.store.effects(Query(kind="pause-container")).items
    assert (pause.state, pause.effect.decided_by, pause.effect.reason.en) == (EffectState.ORDERED, "user:ada", WHY)
    assert site.complaints == []


@pytest.mark.parametrize(("locale", "words"), LANGUAGES, ids=["en", "zh"])
def test_by_clicks_on_visible_words(site: Site, locale: str, words: dict[str, str]) -> None:
    """Nothing but what is to be read on the screen tells where to go on."""
    attacked(site)
    page = site.open("/", locale=locale)
    assert page.locator("h1").inner_text() == words["overview"]
    with page.expect_event("load"):
        page.get_by_role("link", name=re.compile(re.escape(words["sentence"]))).first.click()
    for heading in ("why", "chain"):
        assert page.get_by_role("heading", name=words[heading]).is_visible()
    with page.expect_event("load"):
        page.get_by_role("link", name=words["weakness"]).first.click()
    assert words["weakness"] in page.locator("h1").inner_text()
    with page.expect_event("load"):
        page.get_by_role("link", name=words["incidents"], exact=True).first.click()
    with page.expect_event("load"):
        page.locator("tbody").get_by_role("link").first.click()
    with page.expect_event("load"):
        page.get_by_role("button", name=words["handle"], exact=True).click()
    assert page.locator(".states b").inner_text() == words["handled"]
    with page.expect_event("load"):
        page.get_by_role("button", name=words["mine"], exact=True).click()
    page.get_by_label(words["comment"], exact=True).fill(SAID)
    with page.expect_event("load"):
        page.get_by_role("button", name=words["say"], exact=True).click()
    assert page.get_by_text(SAID).first.is_visible()
    with page.expect_event("load"):
        page.get_by_role("link", name=words["pause"], exact=True).click()
    assert page.get_by_text(words["nothing"]).is_visible()
    page.get_by_label(words["reason"], exact=True).fill(WHY)
    with page.expect_event("load"):
        page.get_by_role("button", name=words["now"], exact=True).click()
    assert f"/incidents/{INCIDENT_ID}" in page.url
    check(site)


@pytest.mark.parametrize(("locale", "words"), LANGUAGES, ids=["en", "zh"])
def test_by_keyboard_alone(site: Site, locale: str, words: dict[str, str]) -> None:
    """`j` and Enter open what needs one; Tab reaches the rest, each by its own name."""
    attacked(site)
    page = site.open("/", locale=locale)
    page.wait_for_selector(".live.on")
    page.keyboard.press("j")
    press(page, "Enter")
    assert page.url.endswith(f"/incidents/{INCIDENT_ID}")
    tab_to(page, words["handle"])
    press(page, "Enter")
    tab_to(page, words["mine"])
    press(page, "Enter")
    tab_to(page, words["comment"])
    page.keyboard.insert_text(SAID)
    tab_to(page, words["say"])
    press(page, "Enter")
    tab_to(page, words["pause"])
    press(page, "Enter")
    tab_to(page, words["reason"])
    page.keyboard.insert_text(WHY)
    press(page, "Enter")
    check(site)


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_event("load"):
        page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """Goes on by Tab until what is called so has the focus."""
    seen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(NAMED))
        if seen[-1] == name:
            return
    raise AssertionError((name, seen))
