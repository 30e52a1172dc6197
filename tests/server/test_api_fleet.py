"""Machines that join, through the API."""

from __future__ import annotations

import msgspec
import pytest
from starlette.applications import Starlette

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.authority_local.tls import ServerTls
from periderm.app.application import Application
from periderm.console import assets
from periderm.model.fleet import JoinedNode
from periderm.server.create import create_server
from tests.server.client import Client


@pytest.fixture
def server(empty: Application, built: assets.Assets) -> Starlette:
    """A server that machines may join."""
    authority = LocalAuthority(empty.settings.authority, empty.clock.now())
    return create_server(msgspec.structs.replace(empty, authority=authority), "service-secret", built=built)


def test_tokens_are_made_listed_and_revoked(empty: Application, person: Client) -> None:
    """The secret is in the one answer, and nowhere after."""
    made = person.post("/api/v1/join-tokens", msgspec.json.encode({"name": "web-1", "seconds": 60}))
    assert made.status == 201
    token, known = made.json()["token"], made.json()["known"]
    assert token.split(".")[1] == known["id"]
    listed = person.get("/api/v1/join-tokens")
    assert [each["name"] for each in listed.json()] == ["web-1"]
    assert token.split(".")[2] not in listed.text
    assert all(each["digest"] == "" for each in listed.json())
    assert person.post(f"/api/v1/join-tokens/{known['id']}/revoke").json()["revoked"] > 0
    assert person.post("/api/v1/join-tokens/none/revoke").status == 404
    assert person.post("/api/v1/join-tokens", msgspec.json.encode({"seconds": -1})).status == 400


def test_machines_are_listed_and_shown_out(empty: Application, person: Client, service: Client) -> None:
    """By a person who may; our own processes may not."""
    empty.store.put_joined_node(JoinedNode(node_id="node-1", name="web-1", joined=1))
    assert [node["name"] for node in person.get("/api/v1/nodes").json()] == ["web-1"]
    assert service.get("/api/v1/nodes").status == 403
    assert person.post("/api/v1/nodes/node-1/revoke").json()["revoked"] > 0
    assert person.post("/api/v1/nodes/node-2/revoke").status == 404


def test_doors_and_authorities_over_http(empty: Application, built: assets.Assets, person: Client) -> None:
    """What each door shows; a new authority issues, the older is retired; by nobody who only has a token of a service."""
    authority = LocalAuthority(empty.settings.authority, empty.clock.now())
    tls = ServerTls(authority, ("periderm.example",), empty.clock.now, name="console", nodes=False)
    app = msgspec.structs.replace(empty, authority=authority, doors=lambda: (tls.info,))
    person.app = create_server(app, "service-secret", built=built)
    told = person.get("/api/v1/authorities").json()
    assert [(door["name"], door["names"], door["until"]) for door in told["doors"]] == [
        ("console", ["periderm.example"], tls.info.until)
    ]
    old = told["authorities"][0]["fingerprint"]
    made = person.post("/api/v1/authorities/roll")
    assert made.status == 201
    assert person.get("/api/v1/authorities").json()["authorities"][0]["fingerprint"] == made.json()["fingerprint"] != old
    assert person.post(f"/api/v1/authorities/{made.json()['fingerprint']}/retire", b"{}").status == 400
    assert person.post("/api/v1/authorities/none/retire", b"{}").status == 400
    assert person.post(f"/api/v1/authorities/{old}/retire", b"{}").status == 200
    assert [a["fingerprint"] for a in person.get("/api/v1/authorities").json()["authorities"]] == [made.json()["fingerprint"]]


def test_machines_with_their_state_over_http(empty: Application, person: Client) -> None:
    """A part of a name finds them; one that never spoke says so."""
    for number in range(3):
        empty.store.put_joined_node(JoinedNode(node_id=f"node-{number}", name=f"web-{number}", joined=1))
    found = person.get("/api/v1/machines?text=web-1").json()
    assert [(m["node_id"], m["state"]) for m in found["items"]] == [("node-1", "never")]
    assert [m["node_id"] for m in person.get("/api/v1/machines?skip=2").json()["items"]] == ["node-2"]
    assert person.get("/api/v1/machines?skip=x").status == 400


def test_a_server_that_answers_no_machines_says_so(empty: Application, built: assets.Assets, person: Client) -> None:
    """It has no authority of its own to make a token of."""
    person.app = create_server(empty, "service-secret", built=built)
    assert person.post("/api/v1/join-tokens", b"{}").status == 503
