"""Webhooks: who proves himself is heard, what is not watched is not looked at, and the same again costs nothing more."""

from __future__ import annotations

import hashlib
import hmac
import json

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.registries import add_registry, pause, watched
from periderm.app.registry_hooks import Taken, add_hook, remove_hook, take_hook
from periderm.model.errors import DeniedError, FormatError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.watching import Sender, TagFilter, WatchedRegistry
from tests.story import FixedClock

SECRET = "-".join(("made", "up", "for", "this", "test"))
READER = Principal("user:reader", frozenset({Permission.READ, Permission.RESPOND}))
BODY = json.dumps({"repository": "team/web", "updated_tags": ["v1", "dev"]}).encode()


@pytest.fixture
def app(empty: Application) -> Application:
    """A watched registry that takes webhooks of each way of proving."""

    def secret_of(reference: str) -> str:
        if reference == "env:GONE":
            raise DeniedError("The environment variable GONE is empty or not set.")
        return SECRET

    made = msgspec.structs.replace(empty, secret_of=secret_of)
    watch = WatchedRegistry(name="shop", registry="r.test", repositories=("team/*",), tags=TagFilter(only=("v*",)))
    add_registry(made, LOCAL_ADMIN, watch)
    for sender in (Sender.QUAY, Sender.GITHUB, Sender.HARBOR):
        add_hook(made, LOCAL_ADMIN, "shop", sender, "file:/run/secret")
    return made


def calls(app: Application) -> list[tuple[str, str]]:
    """What is to be looked at."""
    return [(call.repository, call.tag) for call in app.store.calls(1 << 62)]


def test_only_what_is_watched_is_looked_at(app: Application) -> None:
    """A tag that the filter takes; not the other tag, and not a repository that nobody watches."""
    assert take_hook(app, "shop", {}, SECRET, BODY) == Taken(1)
    assert calls(app) == [("team/web", "v1")]
    other = json.dumps({"repository": "secret/web", "updated_tags": ["v1"]}).encode()
    assert take_hook(app, "shop", {}, SECRET, other) == Taken(0)
    assert calls(app) == [("team/web", "v1")]


def test_the_same_again_is_looked_at_once(app: Application) -> None:
    """However often it is sent, and a moment later, so that what is pushed in one go is one look."""
    for _ in range(20):
        take_hook(app, "shop", {}, SECRET, BODY)
    assert calls(app) == [("team/web", "v1")]
    assert list(app.store.calls(app.clock.now())) == []


def test_each_sender_proves_itself_in_its_way(app: Application) -> None:
    """By signature, by header with or without 'Bearer', by address; not by another's way."""
    package = {"name": "web", "namespace": "team", "package_type": "CONTAINER"}
    body = json.dumps({"action": "published", "package": package}).encode()
    signed = {"x-hub-signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}
    assert take_hook(app, "shop", signed, "", body) == Taken(1)
    with pytest.raises(DeniedError):
        take_hook(app, "shop", signed, "", body + b" ")
    repository = {"repo_full_name": "team/web"}
    harbor = json.dumps({"type": "PUSH_ARTIFACT", "event_data": {"repository": repository}}).encode()
    for header in (SECRET, f"Bearer {SECRET}", f"bearer {SECRET}"):
        assert take_hook(app, "shop", {"authorization": header}, "", harbor) == Taken(1)
    with pytest.raises(FormatError):
        take_hook(app, "shop", {}, SECRET, b"{}")


@pytest.mark.parametrize(
    ("name", "headers", "token"),
    [
        ("shop", {}, ""),
        ("shop", {}, "wrong"),
        ("shop", {"authorization": "Bearer wrong"}, ""),
        ("shop", {"authorization": "\udcff"}, "\udcff"),
        ("none", {}, SECRET),
    ],
)
def test_who_does_not_know_the_secret_is_told_nothing(app: Application, name: str, headers: dict[str, str], token: str) -> None:
    """The same words whether the name is unknown or the secret wrong; and nothing is looked at."""
    with pytest.raises(DeniedError, match="not known, or its secret is wrong"):
        take_hook(app, name, headers, token, BODY)
    assert calls(app) == []


def test_a_secret_that_cannot_be_read_lets_nobody_in(app: Application) -> None:
    """Nor does one that is too short to be one, or a process that reads none."""
    add_hook(app, LOCAL_ADMIN, "shop", Sender.QUAY, "env:GONE")
    with pytest.raises(DeniedError):
        take_hook(app, "shop", {}, "", BODY)
    for secret_of in (lambda _reference: "short", None):
        weak = msgspec.structs.replace(app, secret_of=secret_of)
        add_hook(weak, LOCAL_ADMIN, "shop", Sender.QUAY, "env:SHORT")
        with pytest.raises(DeniedError):
            take_hook(weak, "shop", {}, "short", BODY)


def test_hooks_are_made_and_removed_by_administrators(app: Application, clock: FixedClock) -> None:
    """By where the secret lies; one of a sender replaces the one before; none is left of one that was removed."""
    with pytest.raises(DeniedError):
        add_hook(app, READER, "shop", Sender.QUAY, "env:X")
    for wrong in ("", "docker", SECRET, "file:relative", "env:not a name"):
        with pytest.raises(UsageError) as caught:
            add_hook(app, LOCAL_ADMIN, "shop", Sender.QUAY, wrong)
        assert SECRET not in str(caught.value)
    with pytest.raises(NotFoundError):
        add_hook(app, LOCAL_ADMIN, "none", Sender.QUAY, "env:X")
    hook = add_hook(app, LOCAL_ADMIN, "shop", Sender.QUAY, "env:X")
    assert hook.made == clock.now()
    assert [h.secret for h in watched(app, "shop").watch.hooks if h.sender is Sender.QUAY] == ["env:X"]
    remove_hook(app, LOCAL_ADMIN, "shop", Sender.QUAY)
    with pytest.raises(DeniedError):
        take_hook(app, "shop", {}, SECRET, BODY)


def test_a_paused_registry_is_left_alone(app: Application) -> None:
    """It is taken and nothing is looked at."""
    pause(app, LOCAL_ADMIN, "shop", paused=True)
    assert take_hook(app, "shop", {}, SECRET, BODY) == Taken(0)
