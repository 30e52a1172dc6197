"""The first page."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.console.pages.overview import page
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.story import INCIDENT_ID, FixedClock


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
    assert {f"/incidents/{INCIDENT_ID}", "/findings?severity=high", "/gaps", "/assets?kind=node"} <= links
