"""False alarms through the API."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.app.false_alarm import FalseAlarmDone, Suggested
from periderm.app.firings import Firing
from periderm.model.incident import IncidentState
from tests.pdfs import said
from tests.server.client import Client
from tests.story import INCIDENT_ID

PATH = f"/api/v1/incidents/{INCIDENT_ID}/false-alarm"


def test_suggested_said_and_counted(told: Application, person: Client) -> None:
    """What it would hide first; then in one request the state and the exception; then it shows at the detector."""
    suggested = msgspec.json.decode(person.get(PATH).body, type=Suggested)
    one = next(s for s in suggested.suggestions if s.detectors == ("RUN-002",) and s.kind == "program")
    assert one.hidden.total == 1
    body = msgspec.json.encode({"reason": "ours", "chosen": [one.id], "owner": "ada"})
    done = msgspec.json.decode(person.post(PATH, body).body, type=FalseAlarmDone)
    changed = told.store.incident(INCIDENT_ID)
    assert changed is not None
    assert changed.state is IncidentState.FALSE_ALARM
    assert [e.id for e in told.store.exemptions()] == list(done.exceptions)
    counted = msgspec.json.decode(person.get("/api/v1/firings").body, type=list[Firing])
    assert {f.detector: f.false for f in counted}["RUN-002"] == 1


def test_what_is_refused(told: Application, person: Client, service: Client) -> None:
    """Without a reason, by an unknown suggestion, for what is not there, and by a process that may only read."""
    assert person.post(PATH, b"{}").status == 400
    assert person.post(PATH, b'{"reason":"x","chosen":["none"]}').status == 400
    assert person.get("/api/v1/incidents/inc-none/false-alarm").status == 404
    assert service.post(PATH, b'{"reason":"x"}').status == 403


def test_what_it_did_besides(told: Application, person: Client) -> None:
    """Flows and files; events as OCSF where they are kept."""
    found = person.get(f"/api/v1/incidents/{INCIDENT_ID}/traces").json()
    assert [f["peer"] for f in found["flows"]] == ["203.0.113.7"]
    assert (found["kept"], found["events"]) == (False, [])


def test_an_incident_is_handed_out_as_a_pdf(told: Application, person: Client, service: Client) -> None:
    """A file to be kept, in the language that is asked for."""
    path = f"/api/v1/incidents/{INCIDENT_ID}/pdf"
    answer = person.get(f"{path}?language=zh")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == "attachment"
    assert "严重程度的依据" in said(answer.body)
    assert "Why it is that bad" in said(person.get(path).body)
    assert service.get("/api/v1/incidents/inc-none/pdf").status == 404
