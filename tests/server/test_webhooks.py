"""Webhooks over HTTP: the secret alone lets in, from anywhere, within bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.registries import add_registry
from periderm.app.registry_hooks import add_hook
from periderm.console import assets
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.watching import Sender, WatchedRegistry
from periderm.server.create import create_server
from periderm.server.webhooks import BODY_LIMIT
from tests.server.client import Client

SECRET = "-".join(("made", "up", "for", "this", "test"))
BODY = json.dumps({"repository": "team/web", "updated_tags": ["v1"]}).encode()
PATH = "/api/v1/webhooks/registry/shop"


@pytest.fixture
def hooked(empty: Application, built: assets.Assets) -> Iterator[Client]:
    """Somebody on the network, and a server that takes Quay's and Harbor's notifications."""
    app = msgspec.structs.replace(empty, secret_of=lambda _reference: SECRET)
    add_registry(app, LOCAL_ADMIN, WatchedRegistry(name="shop", registry="r.test"))
    for sender in (Sender.QUAY, Sender.HARBOR):
        add_hook(app, LOCAL_ADMIN, "shop", sender, "file:/run/secret")
    client = Client(create_server(app, "service-secret", built=built))
    yield client
    client.close()


def test_the_secret_lets_in(hooked: Client, empty: Application) -> None:
    """Without a session, an origin or a bearer token, since registries have none; from a browser's page it is no other."""
    answer = hooked.post(f"{PATH}?token={SECRET}", BODY)
    assert (answer.status, answer.json()) == (202, {"looks": 1})
    assert hooked.post(f"{PATH}?token={SECRET}", BODY, origin="http://evil.test").status == 202
    assert [call.tag for call in empty.store.calls(1 << 62)] == ["v1"]


def test_nothing_else_does(hooked: Client, empty: Application) -> None:
    """Neither a wrong secret, nor the service's token, nor an unknown name: all get the same answer."""
    answers = [
        hooked.post(f"{PATH}?token=wrong", BODY),
        hooked.post(PATH, BODY),
        hooked.post(PATH, BODY, authorization="Bearer service-secret"),
        hooked.post(f"/api/v1/webhooks/registry/none?token={SECRET}", BODY),
    ]
    assert {(a.status, a.body) for a in answers} == {(403, answers[0].body)}
    assert list(empty.store.calls(1 << 62)) == []


def test_bounds(hooked: Client) -> None:
    """A body that is too long or is no notification is refused; only POST is taken; no other address is open."""
    assert hooked.post(f"{PATH}?token={SECRET}", b"x" * (BODY_LIMIT + 1)).status == 413
    assert hooked.post(f"{PATH}?token={SECRET}", b"[]").status == 400
    assert hooked.get(PATH).status == 405
    assert hooked.post("/api/v1/webhooks/other", b"").status in (404, 405)
