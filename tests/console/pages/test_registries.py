"""Watched registries in the console."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.console.pages.registries import look_from, one, page
from periderm.model.errors import NotFoundError
from periderm.model.watching import LookState, WatchedRegistry
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.scanned import digest, tell_registry, tell_scans


def test_an_empty_list_says_how_to_begin(ask: Asks) -> None:
    """With the command."""
    assert "periderm registry add" in texts(page(ask("/registries")))


def test_the_list_tells_how_each_goes(empty: Application, ask: Asks) -> None:
    """One that is fine, one that fails with why, one that is paused; what the registry says is shown as text."""
    tell_registry(empty.store, empty.clock.now())
    empty.store.put_registry(WatchedRegistry(name="away", registry="away.test"))
    empty.store.put_look("away", LookState(failing=5, problem="<b>refused</b>", failures=2))
    empty.store.put_registry(WatchedRegistry(name="later", registry="later.test", paused=True))
    for language, words in (("en", ("fine", "failing", "paused")), ("zh", ("正常", "失败", "已暂停"))):
        text = page(ask("/registries", language))
        for word in words:
            assert word in texts(text)
    assert "<b>refused</b>" not in text
    assert "&lt;b&gt;refused" in text


def test_one_shows_its_tags_with_what_was_found(empty: Application, ask: Asks) -> None:
    """A tag leads to its image; what is gone or could not be read says so; the state filters."""
    tell_scans(empty)
    text = one(ask("/registries/shop", parts={"id": "shop"}))
    links = {a.get("href") for a in all_of(text, "a")}
    assert f"/images/{digest(0).replace(':', '%3A')}" in links
    told = texts(text)
    assert "gone" in told
    assert "cannot be read" in told
    gone = one(ask("/registries/shop", parts={"id": "shop"}, query={"state": "gone"}))
    assert "2.3" in gone
    assert "2.4" not in gone
    assert "Nothing matches" in texts(one(ask("/registries/shop", parts={"id": "shop"}, query={"text": "none"})))


def test_many_tags_come_in_pages(empty: Application, ask: Asks) -> None:
    """Ten thousand rows are no page of ten thousand rows."""
    tell_registry(empty.store, empty.clock.now(), tags=1500)
    text = one(ask("/registries/shop", parts={"id": "shop"}))
    assert len(all_of(text, "tr")) == 101
    assert any("cursor=" in (a.get("href") or "") for a in all_of(text, "a"))


def test_a_look_is_asked_for(empty: Application, ask: Asks) -> None:
    """Of one that is there."""
    tell_registry(empty.store, empty.clock.now())
    assert look_from(ask("/registries/shop/look", parts={"id": "shop"})) == "shop"
    assert [call.watch for call in empty.store.calls(1 << 62)] == ["shop"]
    with pytest.raises(NotFoundError):
        look_from(ask("/registries/x/look", parts={"id": "x"}))


def test_what_a_look_left_out_is_said(empty: Application, ask: Asks) -> None:
    """Silence would be taken for health."""
    tell_registry(empty.store, empty.clock.now())
    watch, state = empty.store.registries()[0]
    empty.store.put_look(watch.name, msgspec.structs.replace(state, left_out=("team/web: Nobody may read it.",)))
    assert "Nobody may read it." in texts(one(ask("/registries/shop", parts={"id": "shop"})))
