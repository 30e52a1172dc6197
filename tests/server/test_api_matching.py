"""What is done to all that match, through the API."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app.application import Application
from periderm.model.incident import IncidentState
from periderm.model.query import Query
from tests.server.client import Client
from tests.story import INCIDENT_ID

INCIDENTS, FINDINGS = "/api/v1/matching/incidents", "/api/v1/matching/findings"


def body(**given: Any) -> bytes:
    """JSON."""
    return msgspec.json.encode(given)


def test_incidents_are_counted_then_changed(told: Application, person: Client) -> None:
    """With the filters and searches of the list; the log tells which."""
    assert person.get(f"{INCIDENTS}?state=new").json() == {"count": 1, "more": False, "ids": [INCIDENT_ID]}
    assert person.get(f"{INCIDENTS}?q=severity:low").json()["count"] == 0
    done = person.post(f"{INCIDENTS}?state=new", body(state="resolved", expected=1))
    assert (done.status, done.json()) == (200, {"count": 1})
    assert told.store.incidents(Query()).items[0].state is IncidentState.RESOLVED
    assert "state=new" in [entry.detail for entry in told.store.audit_after(0)][-1]
    refused = person.post(f"{INCIDENTS}?state=new", body(state="resolved", expected=1))
    assert (refused.status, refused.json()["detail"]) == (400, "Nothing matches any more.")


def test_findings_are_assigned(scanned: Application, person: Client) -> None:
    """As many as were counted, and none when there are more by now."""
    where = f"{FINDINGS}?severity_at_least=critical"
    count = person.get(where).json()["count"]
    assert count > 1
    assert person.post(where, body(action="assign", assignee="ada", expected=count - 1)).status == 400
    assert person.get("/api/v1/handlings?assignee=ada").json()["items"] == []
    assert person.post(where, body(action="assign", assignee="ada", expected=count)).json() == {"count": count}
    assert person.get("/api/v1/handlings?assignee=ada").json()["items"]


def test_what_is_refused(told: Application, person: Client, stranger: Client) -> None:
    """Pages of a list, actions that need more words, unknown fields, and strangers."""
    assert person.get(f"{INCIDENTS}?limit=5").status == 400
    assert person.get(f"{FINDINGS}?state=open").status == 400
    assert person.post(FINDINGS, body(action="accept", expected=10)).status == 400
    assert person.post(INCIDENTS, body(state="gone", expected=10)).status == 400
    assert person.post(INCIDENTS, body(state="resolved")).status == 400
    assert person.post(INCIDENTS, body(state="resolved", expected=1, ids=["x"])).status == 400
    assert stranger.get(INCIDENTS).status == 401
    assert told.store.incidents(Query()).items[0].state is IncidentState.NEW
