"""The page of destinations: how telling goes, a test, what was given up, a form."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from periderm.app.application import Application
from periderm.console.pages.notify import page, pause_from, remove_from, retry_all_from, retry_from
from periderm.console.render import Ask
from periderm.console.words import words_for
from periderm.model.errors import NotifierError
from periderm.model.notice import Channel, Delivery, DeliveryState, Destination, DestinationState, Message
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from tests.console.conftest import STATIC, Asks
from tests.console.markup import all_of, texts
from tests.told import hostile_notice, notice


class Plug:
    """Takes it, or does not."""

    def __init__(self, problem: NotifierError | None = None) -> None:
        self.problem = problem

    def deliver(self, _message: Message) -> str:
        if self.problem:
            raise self.problem
        return "250 <b>OK</b>"


def put(app: Application, **changes: object) -> None:
    """A destination that is failing, with something given up."""
    app.store.put_destination(Destination(name="team", channel=Channel.SLACK, secret="env:X", made=1))
    app.store.put_destination_state("team", DestinationState(failing=5, failures=3, problem="it is <b>away</b>", shed=2))
    delivery = Delivery(
        id="dlv-1", destination="team", notices=(notice(), hostile_notice()), state=DeliveryState.DEAD, tries=12
    )
    app.store.put_deliveries([msgspec.structs.replace(delivery, problem="it is away", **changes)])


@pytest.fixture
def telling(empty: Application) -> Iterator[Application]:
    """An application whose every test is taken."""
    return msgspec.structs.replace(empty, notifier_for=lambda _: Plug(), tickets_for=lambda _: None)


def ask_of(app: Application, name: str = "", language: str = "en") -> Ask:
    """A page's question about one destination."""
    parts = {"id": name} if name else {}
    return Ask(app=app, words=words_for(language), static=STATIC, path="/notify", who=LOCAL_ADMIN, parts=parts)


def test_nobody_yet(ask: Asks) -> None:
    """The page teaches the command, and leads to the form."""
    text = page(ask("/notify"))
    assert "Nobody is told anything." in texts(text)
    assert "periderm notify add" in text
    assert "/notify/+" in {link.get("href") for link in all_of(text, "a")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_does_not_get_through_is_said(empty: Application, ask: Asks, language: str) -> None:
    """Since when, why, what was given up, and how to try again; what an attacker wrote is text."""
    put(empty)
    text = page(ask("/notify", language))
    for part in ("it is &lt;b&gt;away&lt;/b&gt;", "/deliveries/dlv-1/retry", "/notify/team/test"):
        assert part in text
    assert ("given up" if language == "en" else "已放弃") in texts(text)
    assert "<b>away" not in text
    assert "env:X" not in text


def test_a_reader_changes_nothing(empty: Application) -> None:
    """There is no form for it."""
    put(empty)
    reader = Principal("user:reader", frozenset({Permission.READ}))
    asked = Ask(app=empty, words=words_for("en"), static=STATIC, path="/notify", who=reader)
    text = page(asked)
    assert "it is &lt;b&gt;away" in text
    assert not [f for f in all_of(text, "form") if f.get("method") == "post" and f.get("action") != "/sign-out"]


def test_it_is_paused_removed_and_tried_again(telling: Application) -> None:
    """Each from its own form."""
    put(telling)
    assert pause_from(ask_of(telling, "team"), {"paused": ["yes"]}) == "/notify/team"
    assert telling.store.destinations()[0][0].paused
    pause_from(ask_of(telling, "team"), {"paused": [""]})
    retry_from(ask_of(telling, "dlv-1"), {})
    delivery = telling.store.delivery("dlv-1")
    assert delivery is not None
    assert delivery.state is DeliveryState.WAITING
    telling.store.put_deliveries([msgspec.structs.replace(delivery, state=DeliveryState.DEAD)])
    assert "One delivery was given up." in texts(page(ask_of(telling)))
    assert retry_all_from(ask_of(telling), {}) == "/notify"
    assert telling.store.deliveries(Query(state="dead")).total == 0
    remove_from(ask_of(telling, "team"), {})
    assert telling.store.destinations() == []
