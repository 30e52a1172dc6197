"""Watched registries, the queue and what runs of an image over HTTP."""

from __future__ import annotations

import json

import pytest

from periderm.app.application import Application
from periderm.app.registry_hooks import add_hook
from periderm.model.envelope import ScanRequest
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.watching import Sender
from tests.scanned import digest
from tests.server.client import Client

WATCH = {"name": "shop", "registry": "r.test", "repositories": ["team/*"], "tags": {"versions": 5}}
JSON = {"content_type": "application/json"}


def test_a_registry_is_watched_and_removed(empty: Application, person: Client) -> None:
    """By a person with a session; secrets of the machine are named by its administrator alone."""
    assert person.post("/api/v1/registries", json.dumps(WATCH).encode(), **JSON).status == 201
    (listed,) = person.get("/api/v1/registries").json()
    assert (listed["watch"]["registry"], listed["watch"]["made_by"]) == ("r.test", "user:ada")
    secret = json.dumps({**WATCH, "credentials": "env:SHOP"}).encode()
    assert person.post("/api/v1/registries", secret, **JSON).status == 403
    assert person.get("/api/v1/registries/shop").json()["state"]["looks"] == 0
    assert person.post("/api/v1/registries/shop/look").status == 202
    assert [call.watch for call in empty.store.calls(1 << 62)] == ["shop"]
    hook = json.dumps({"sender": "harbor", "secret": "env:HOOK"}).encode()
    assert person.post("/api/v1/registries/shop/hooks", hook, **JSON).status == 403
    add_hook(empty, LOCAL_ADMIN, "shop", Sender.HARBOR, "env:HOOK")
    assert person.ask("DELETE", "/api/v1/registries/shop/hooks/harbor").status == 403
    assert person.ask("DELETE", "/api/v1/registries/shop").json() == []
    assert person.get("/api/v1/registries/shop").status == 404


@pytest.mark.parametrize("wrong", [{"name": "A b"}, {"every": 1}, {"credentials": "user:word"}, {"unknown": 1}])
def test_what_cannot_be_watched(person: Client, wrong: dict[str, object]) -> None:
    """Is a problem with the next step, and repeats no secret."""
    answer = person.post("/api/v1/registries", json.dumps({**WATCH, **wrong}).encode(), **JSON)
    assert 400 <= answer.status < 500
    assert "word" not in answer.text


def test_nobody_else_may(person: Client, service: Client, stranger: Client) -> None:
    """A page of another origin, a process of the product, somebody without a session."""
    body = json.dumps(WATCH).encode()
    assert person.post("/api/v1/registries", body, origin="http://evil.test").status == 403
    assert service.post("/api/v1/registries", body).status == 403
    assert stranger.get("/api/v1/registries").status == 401


def test_the_queue(empty: Application, person: Client, service: Client) -> None:
    """Read by all who may read, changed by people."""
    empty.store.put_scan_request(
        ScanRequest(image_digest="sha256:1", source="podman:1", reference="web:1", node_id="n", requested=5)
    )
    page = service.get("/api/v1/queue?order=severity&state=waiting").json()
    assert [job["reference"] for job in page["items"]] == ["web:1"]
    assert service.get("/api/v1/queue/state").json()["waiting"] == 1
    assert service.get("/api/v1/queue/sha256:1").json()["state"] == "waiting"
    assert service.post("/api/v1/queue/sha256:1/cancel").status == 403
    assert person.post("/api/v1/queue/sha256:1/retry").status == 400
    assert person.post("/api/v1/queue/sha256:1/cancel").status == 200
    assert person.post("/api/v1/queue/sha256:1/cancel").status == 404


def test_what_runs(scanned: Application, service: Client) -> None:
    """Of an image and of a finding; and only findings and images of what runs."""
    runs = service.get(f"/api/v1/images/{digest(0)}/running").json()
    assert (runs["containers"], len(runs["workloads"])) == (2, 2)
    found = service.get(f"/api/v1/findings?image_digest={digest(0)}&state=running&limit=1").json()
    assert service.get(f"/api/v1/findings/{found['items'][0]['id']}/running").json()["containers"] == 2
    assert service.get(f"/api/v1/findings?image_digest={digest(1)}&state=running").json()["total"] == 0
    assert digest(0) in {image["digest"] for image in service.get("/api/v1/images?state=running").json()["items"]}
    assert service.get("/api/v1/registry-tags?kind=shop&state=gone").json()["total"] == 1
