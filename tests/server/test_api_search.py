"""Searching, completing and views through the API."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.model.search import Completion, Found
from tests.server.client import Client
from tests.story import INCIDENT_ID


def test_a_search_and_what_is_wrong_with_one(told: Application, person: Client) -> None:
    """Grouped by kind; a mistake is a 400 with its place."""
    found = msgspec.json.decode(person.get("/api/v1/search?q=shop%20in:incidents&limit=3").body, type=Found)
    assert [hit.id for group in found.groups for hit in group.hits] == [INCIDENT_ID]
    answer = person.get("/api/v1/search?q=nowhere:x")
    assert answer.status == 400
    assert "At character 1" in answer.json()["detail"]
    assert person.get("/api/v1/search?q=a&limit=999").status == 400


def test_names_are_completed(told: Application, person: Client) -> None:
    """At the caret, for one list."""
    told_us = person.get("/api/v1/search/complete?q=sev&at=3&list=incidents").body
    assert msgspec.json.decode(told_us, type=tuple[Completion, ...])[0].text == "severity>="


def test_lists_take_a_search(told: Application, person: Client) -> None:
    """Beside their own parameters."""
    assert person.get("/api/v1/incidents?q=severity%3E%3Dlow&limit=1").json()["total"] == 1
    assert person.get("/api/v1/incidents?q=severity%3Clow").json()["total"] == 0
    assert person.get("/api/v1/incidents?q=cve:CVE-1").status == 400
    assert person.get("/api/v1/gaps?q=x").status == 400


def test_views_are_kept_and_taken_away(told: Application, person: Client) -> None:
    """By whoever keeps them."""
    made = person.post("/api/v1/views", b'{"name":"bad","page":"incidents","state":"q=severity%3Ahigh"}').json()
    assert [view["id"] for view in person.get("/api/v1/views?page=incidents").json()] == [made["id"]]
    assert person.get("/api/v1/views?page=nowhere").status == 400
    assert person.ask("DELETE", f"/api/v1/views/{made['id']}").status == 204
    assert person.get("/api/v1/views").json() == []
