"""Baselines through the API."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from tests.baseline_story import NGINX, SHOP, WEB, tell_baselines
from tests.server.client import Client

BASE = f"/api/v1/baselines/{WEB}"


@pytest.fixture(autouse=True)
def _told(empty: Application) -> None:
    tell_baselines(empty)


def body(**values: object) -> bytes:
    """A request's JSON."""
    return msgspec.json.encode(values)


def test_reading(person: Client) -> None:
    """The list with what waits, one whole, what waits, what nobody needed, what differs."""
    listed = person.get("/api/v1/baselines").json()["items"]
    assert {each["workload_id"]: each["alerts"] for each in listed} == {WEB: 5, SHOP: 0}
    assert person.get("/api/v1/baselines?text=db&state=alerting").json()["total"] == 1
    assert person.get("/api/v1/baselines?state=enforcing").status == 400
    assert person.get(BASE).json()["name"] == "shop-web"
    assert person.get("/api/v1/baselines/shop-web").json()["workload_id"] == WEB
    assert person.get("/api/v1/baselines/none").status == 404
    assert len(person.get(f"{BASE}/review").json()["waiting"]) == 5
    assert "/usr/share/old.html" in {entry[0][2] for entry in person.get(f"{BASE}/unused?days=40").json()}
    assert person.get(f"{BASE}/difference?with={SHOP}").json()["both"] == 4


def test_a_decision_and_back(person: Client) -> None:
    """First what it would hide, then the decision with its reason, then undone."""
    choice = {"verdict": "accept", "event_type": "03-02", "wider": True}
    seen = person.post(f"{BASE}/preview", body(**choice)).json()
    assert (seen["total"], seen["behaviours"]) == (4, [["create", NGINX, "/srv/uploads/*.jpg"]])
    assert person.post(f"{BASE}/decisions", body(**choice)).status == 400
    made = person.post(f"{BASE}/decisions", body(**choice, reason="uploads"))
    assert made.status == 201
    assert len(person.get(f"{BASE}/review").json()["waiting"]) == 1
    undone = person.post(f"{BASE}/decisions/{made.json()['id']}/undo", body(reason="wrong"))
    assert undone.json()["undoes"] == made.json()["id"]
    assert len(person.get(f"{BASE}/review").json()["waiting"]) == 5
    assert person.post(f"{BASE}/release", body(reason="a false alert")).json()["verdict"] == "release"
    assert person.post(f"{BASE}/relearn", body(reason="new release")).json()["verdict"] == "relearn"
    assert person.get(BASE).json()["decisions"][-1]["author"].startswith("user:")


def test_what_is_refused(person: Client, service: Client) -> None:
    """A verdict with an address of its own, a field that is none, a decision by a node."""
    assert person.post(f"{BASE}/decisions", body(verdict="undo", reason="r")).status == 400
    assert person.post(f"{BASE}/decisions", body(verdict="accept", al=True)).status == 400
    choice = body(verdict="accept", behaviours=[["read", NGINX, "/srv/**"]], reason="r")
    assert service.post(f"{BASE}/decisions", choice).status == 403
    assert person.post(f"{BASE}/decisions", choice).status == 201
