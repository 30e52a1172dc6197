"""Watched registries: added and changed by administrators, refused in words, read by everybody who may read."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from periderm.app import registries as r
from periderm.app.application import Application
from periderm.flow.looks import silent_gap
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from periderm.model.watching import Hook, LookState, Sender, TagFilter, WatchedRegistry

READER = Principal("user:reader", frozenset({Permission.READ}))
WATCH = WatchedRegistry(name="shop", registry="r.test:5000")


def test_a_registry_is_watched_changed_and_removed(empty: Application) -> None:
    """A change keeps since when, by whom, and its webhooks."""
    made = r.add_registry(empty, LOCAL_ADMIN, WATCH)
    assert (made.made, made.made_by) == (empty.clock.now(), LOCAL_ADMIN.name)
    hook = Hook(sender=Sender.QUAY, secret="env:X")
    empty.store.put_registry(msgspec.structs.replace(made, hooks=(hook,)))
    changed = r.add_registry(empty, LOCAL_ADMIN, msgspec.structs.replace(WATCH, every=60))
    assert (changed.hooks, changed.every, changed.made) == ((hook,), 60, made.made)
    assert [w.watch for w in r.list_registries(empty, READER)] == [changed]
    assert r.show_registry(empty, READER, "shop").watch == changed
    empty.store.put_gaps([silent_gap(changed, LookState(failing=5, tried=6, failures=1), "away")])
    r.remove_registry(empty, LOCAL_ADMIN, "shop")
    assert empty.store.gaps(Query()).total == 0
    with pytest.raises(NotFoundError):
        r.remove_registry(empty, LOCAL_ADMIN, "shop")
    with pytest.raises(NotFoundError):
        r.show_registry(empty, READER, "shop")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Shop"},
        {"name": "a/b"},
        {"registry": "http://r.test"},
        {"registry": ""},
        {"repositories": ()},
        {"repositories": ("a b",)},
        {"repositories": ("x",) * 300},
        {"tags": TagFilter(only=())},
        {"tags": TagFilter(never=("",))},
        {"tags": TagFilter(newest=-1)},
        {"platforms": ()},
        {"platforms": ("linux",)},
        {"every": 5},
        {"jitter": 2.0},
        {"credentials": "user:word"},
        {"credentials": "file:word"},
    ],
)
def test_what_cannot_be_watched_is_refused(empty: Application, wrong: dict[str, Any]) -> None:
    """In words, with the next step; what was given as credentials is not repeated."""
    with pytest.raises(UsageError) as caught:
        r.add_registry(empty, LOCAL_ADMIN, msgspec.structs.replace(WATCH, **wrong))
    assert caught.value.next_step
    assert "word" not in str(caught.value)


def test_only_administrators_name_secrets(empty: Application) -> None:
    """Others may change the rest, but neither what is sent nor to whom."""
    person = Principal("user:ada", frozenset({Permission.READ, Permission.POLICY}))
    secret = msgspec.structs.replace(WATCH, credentials="file:/etc/secret")
    with pytest.raises(DeniedError):
        r.add_registry(empty, person, secret)
    r.add_registry(empty, LOCAL_ADMIN, secret)
    r.add_registry(empty, person, msgspec.structs.replace(secret, every=60))
    with pytest.raises(DeniedError):
        r.add_registry(empty, person, msgspec.structs.replace(secret, registry="elsewhere.test"))
    r.add_registry(empty, person, msgspec.structs.replace(secret, credentials="docker"))


def test_a_look_is_asked_for(empty: Application) -> None:
    """By who may respond; not of one that is paused, until it goes on."""
    r.add_registry(empty, LOCAL_ADMIN, WATCH)
    r.look_now(empty, LOCAL_ADMIN, "shop")
    (call,) = empty.store.calls(1 << 62)
    assert (call.watch, call.repository, call.asked_by) == ("shop", "", LOCAL_ADMIN.name)
    r.pause(empty, LOCAL_ADMIN, "shop", paused=True)
    with pytest.raises(UsageError):
        r.look_now(empty, LOCAL_ADMIN, "shop")
    assert r.pause(empty, LOCAL_ADMIN, "shop", paused=False).paused is False


def test_readers_change_nothing(empty: Application) -> None:
    """Nor ask for looks."""
    for action in (
        lambda: r.add_registry(empty, READER, WATCH),
        lambda: r.remove_registry(empty, READER, "shop"),
        lambda: r.pause(empty, READER, "shop", paused=True),
        lambda: r.look_now(empty, READER, "shop"),
    ):
        with pytest.raises(DeniedError):
            action()
    assert r.list_tags(empty, READER, Query(kind="shop")).items == ()
