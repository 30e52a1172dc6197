"""The first page."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.overview import SHARES
from periderm.console.pages.overview import exposure, page
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.story import INCIDENT_ID, FixedClock, container


def test_it_begins_with_what_needs_a_person(told: Application, ask: Asks) -> None:
    """A sentence, then the incident's own sentence, then the rest."""
    said = texts(page(ask()))
    first, story, shares = (said.index(w) for w in ("One incident needs you.", "started a shell", "How exposed"))
    assert first < story < shares
    assert "one of 4 steps was stopped" in said


def test_shares_say_what_is_not_known(told: Application, ask: Asks) -> None:
    """Three of four, and one unknown."""
    said = texts(page(ask()))
    assert "Of 4 running containers" in said
    assert "have a shell in their image 3 /4 1" in said


def test_both_trends_of_risk_are_there(told: Application, ask: Asks) -> None:
    """Once there is any risk; what was there before and what came."""
    assert "Risk of high and critical" not in texts(page(ask()))
    told.store.put_risks(
        "shop", {"a": (4, told.clock.now() - 50 * 86_400 * 10**9), "b": (4, told.clock.now())}, told.clock.now()
    )
    said = texts(page(ask()))
    assert "Of 1 that were there when these days began, 1 are left; 1 came since" in said.replace("\u2068", "").replace(
        "\u2069", ""
    )


def test_quiet_is_said_aloud(empty: Application, ask: Asks) -> None:
    """And what would make it see something."""
    said = texts(page(ask()))
    assert "Nothing needs you now." in said
    assert "sudo periderm up" in said


def test_a_silent_agent_is_told(told: Application, ask: Asks, clock: FixedClock) -> None:
    """Because silence looks like peace."""
    clock.sleep(300)
    assert "The agent (pid 900) is silent:" in texts(page(ask()))


def test_every_number_leads_to_its_list(told: Application, ask: Asks) -> None:
    """Nothing on the page is a dead end."""
    links = {a.get("href") for a in all_of(page(ask()), "a")}
    assert {f"/incidents/{INCIDENT_ID}", "/exposure/high", "/gaps", "/assets?kind=node"} <= links


@pytest.mark.parametrize(("language", "words"), [("en", "Of one more it is not known"), ("zh", "另有 1 个未知")])
def test_a_share_leads_to_its_containers(told: Application, ask: Asks, language: str, words: str) -> None:
    """Those that it counts and those that are not known, by name; ten thousand by pages of a hundred."""
    links = {a.get("href") for a in all_of(page(ask("/", language)), "a")}
    assert {f"/exposure/{name}" for name in SHARES} <= links
    text = exposure(ask("/exposure/shell", language, parts={"id": "shell"}))
    assert words in texts(text)
    assert "/assets/con-web1" in {a.get("href") for a in all_of(text, "a")}
    assert "Nothing matches" in texts(exposure(ask("/exposure/shell", parts={"id": "shell"}, query={"text": "nowhere"})))


def test_a_large_share_is_walked(told: Application, ask: Asks) -> None:
    """A hundred rows at once, whatever the number."""
    one = container(1, told.clock.now())
    with told.store.transaction():
        told.store.put_assets([msgspec.structs.replace(one, id=f"con-{n}", name=f"many-{n:04}") for n in range(1_000)])
    text = exposure(ask("/exposure/root", parts={"id": "root"}, query={"from": "100"}))
    assert len([row for row in all_of(text, "tr") if row.get("data-href")]) == 100
    assert "many-0100" in text
    assert 'rel="next"' in text
