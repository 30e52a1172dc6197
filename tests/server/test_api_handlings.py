"""Who deals with what, through the API."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app.application import Application
from periderm.model.query import Query
from tests.server.client import Client

HANDLINGS = "/api/v1/handlings"


def body(**given: Any) -> bytes:
    """JSON."""
    return msgspec.json.encode(given)


def test_assign_comment_list_close(told: Application, person: Client) -> None:
    """What a person does with an incident is there for the next who looks."""
    incident = told.store.incidents(Query()).items[0].id
    assert person.get(f"{HANDLINGS}/{incident}").json()["state"] == "new"
    assert person.post(HANDLINGS, body(ids=[incident], action="assign", text="ada")).status == 200
    assert person.post(HANDLINGS, body(ids=[incident], action="comment", text="seen")).status == 200
    (listed,) = person.get(f"{HANDLINGS}?assignee=ada&state=open").json()["items"]
    assert [c["text"] for c in listed["comments"]] == ["", "seen"]
    assert person.get(f"{HANDLINGS}?assignee=bo").json()["items"] == []
    (preview,) = person.post(f"{HANDLINGS}/preview", body(ids=[incident])).json()
    assert (preview["handling"]["id"], preview["findings"]) == (incident, 0)
    until = told.clock.now() + 10**15
    for action, more in (
        ("due", {"until": until}),
        ("ticket", {"text": "https://tickets.test/1"}),
        ("accept", {"text": "known", "until": until}),
        ("reopen", {}),
        ("close", {}),
    ):
        assert person.post(HANDLINGS, body(ids=[incident], action=action, **more)).status == 200
    assert person.get(f"{HANDLINGS}/{incident}").json()["state"] == "closed"


def test_what_is_refused(told: Application, person: Client, stranger: Client) -> None:
    """Unknown things, actions, fields and parameters; strangers altogether."""
    assert person.post(HANDLINGS, body(ids=["fnd-none"], action="assign", text="ada")).status == 404
    assert person.post(HANDLINGS, body(ids=["x"], action="explode")).status == 400
    assert person.post(HANDLINGS, body(ids=[], action="close")).status == 400
    assert person.post(HANDLINGS, body(ids=["x"], action="close", more=1)).status == 400
    assert person.get(f"{HANDLINGS}?owner=ada").status == 400
    assert person.get(f"{HANDLINGS}?assignee={'x' * 2000}").status == 400
    assert stranger.get(HANDLINGS).status == 401


def test_trends(told: Application, person: Client) -> None:
    """A row for each day."""
    assert len(person.get("/api/v1/risk-days").json()) == 30
    assert len(person.get("/api/v1/risk-days?days=7").json()) == 7
    assert person.get("/api/v1/risk-days?days=0").status == 400
