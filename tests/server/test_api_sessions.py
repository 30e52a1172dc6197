"""Announced sessions through the API."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.model.session import AnnouncedSession
from tests.server.client import Client


def test_announce_list_end(told: Application, person: Client) -> None:
    """What a person announces is listed for everybody until it is ended."""
    body = {"container": "web-*", "reason": "a full disk", "seconds": 60}
    made = msgspec.json.decode(person.post("/api/v1/announced-sessions", msgspec.json.encode(body)).body, type=AnnouncedSession)
    listed = msgspec.json.decode(person.get("/api/v1/announced-sessions").body, type=list[AnnouncedSession])
    assert listed == [made]
    assert person.post(f"/api/v1/announced-sessions/{made.id}/end").status == 200
    assert person.get("/api/v1/announced-sessions").json() == []


def test_what_is_refused(told: Application, person: Client) -> None:
    """No reason, an unknown field, an unknown session."""
    assert (
        person.post("/api/v1/announced-sessions", msgspec.json.encode({"container": "web", "reason": "", "seconds": 60})).status
        == 400
    )
    assert (
        person.post("/api/v1/announced-sessions", msgspec.json.encode({"container": "web", "reasn": "x", "seconds": 60})).status
        == 400
    )
    assert person.post("/api/v1/announced-sessions/ses-none/end").status == 404
