"""What the console's forms do, and where they lead."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.app.application import Application
from periderm.model.effect import EffectState, IsolateContainer
from periderm.model.incident import IncidentState
from periderm.model.notice import Channel, Destination, Ticket
from periderm.model.query import Query
from periderm.server.page_forms import own_address
from tests.baseline_story import WEB, tell_baselines
from tests.scanned import digest
from tests.server.client import Client
from tests.story import INCIDENT_ID


def test_a_baseline_is_decided_by_forms(empty: Application, person: Client, service: Client) -> None:
    """Ticked, shown, decided, taken back; a node's token decides nothing, and a page of another site neither."""
    tell_baselines(empty)
    base = f"/baselines/{WEB}"
    shown = person.post(f"{base}/preview", b"action=reject&id=alt-base01")
    assert (shown.status, "Make this never normal?" in shown.text) == (200, True)
    told = b'action=reject&reason=attack&behaviour=["program","/bin/sh",""]'
    assert service.post(f"{base}/decide", told).status in {401, 403}
    assert person.post(f"{base}/decide", told, origin="http://evil.test").status == 403
    assert person.post(f"{base}/decide", told).headers["location"] == f"{base}#versions"
    kept = empty.store.baseline(WEB)
    assert kept is not None
    (made,) = kept.decisions
    assert person.post(f"{base}/undo", f"decision={made.id}&reason=wrong".encode()).status == 303
    assert person.post(f"{base}/relearn", b"reason=new").status == 303
    assert person.post(f"{base}/release", b"reason=a+false+alarm").headers["location"] == f"{base}#versions"
    assert person.post(f"{base}/release", b"reason=").status == 400
    assert person.post(f"{base}/decide", told.replace(b"attack", b"")).status == 400


def test_states_of_many_are_changed_by_one_form(told: Application, person: Client) -> None:
    """And the browser goes back to where it was."""
    answer = person.post("/incidents/state", f"id={INCIDENT_ID}&state=acknowledged&back=/incidents?state=new".encode())
    assert (answer.status, answer.headers["location"]) == (303, "/incidents?state=new")
    changed = told.store.incident(INCIDENT_ID)
    assert changed is not None
    assert changed.state is IncidentState.ACKNOWLEDGED
    assert person.post("/incidents/state", f"id={INCIDENT_ID}&state=odd".encode()).status == 400
    assert person.post("/incidents/state", b"id=inc-none&state=new").status == 404


def test_a_response_is_ordered_by_its_form(told: Application, person: Client) -> None:
    """After which the incident shows it."""
    path = f"/incidents/{INCIDENT_ID}/respond"
    assert "2 other containers" in person.get(f"{path}?kind=pause-container").text
    assert told.store.effects(Query(kind="pause-container")).total == 0
    assert person.post(path, b"kind=pause-container&process=0").status == 400  # without a reason
    answer = person.post(path, b"kind=pause-container&process=0&reason=it+is+attacked")
    assert (answer.status, answer.headers["location"]) == (303, f"/incidents/{INCIDENT_ID}#responses")
    assert told.store.effects(Query(kind="pause-container")).items[0].effect.decided_by == "user:ada"
    for bad in ("kind=rm", "kind=kill-process&process=x", "kind=kill-process&process=99"):
        assert person.get(f"{path}?{bad}").status in (400, 404)
        assert person.post(path, bad.encode()).status in (400, 404)


def test_other_responses_have_a_time_a_reason_and_a_way_back(told: Application, person: Client) -> None:
    """An isolation that was done is taken back by its own page."""
    path = f"/incidents/{INCIDENT_ID}/respond"
    form = b"kind=isolate-container&seconds=900&keep=10.0.0.7,+10.1.0.0/16&reason=it+is+attacked"
    assert person.post(path, form).status == 303
    record = told.store.effects(Query(kind="isolate-container")).items[0]
    assert isinstance(record.effect, IsolateContainer)
    assert (record.effect.lasts, record.effect.keep) == (900 * 10**9, ("10.0.0.7", "10.1.0.0/16"))
    assert (record.effect.reason.en, record.effect.incident_id) == ("it is attacked", INCIDENT_ID)
    told.store.put_effect(msgspec.structs.replace(record, state=EffectState.APPLIED, time=record.time + 1))
    own = f"/responses/{record.effect.id}"
    assert "Reconnect it now" in person.get(own).text
    assert person.post(f"{own}/undo", b"reason=").status == 400
    assert person.post(f"{own}/undo", b"reason=it+was+a+test").headers["location"].startswith("/responses/")
    assert told.store.effects(Query(kind="reconnect-container")).total == 1


def test_sessions_are_announced_and_ended_by_forms(told: Application, person: Client) -> None:
    """With who and why; a form without them is refused."""
    assert person.post("/sessions", b"container=shop*&reason=&seconds=900").status == 400
    assert person.post("/sessions", b"container=shop*&reason=x&seconds=soon").status == 400
    assert person.post("/sessions", b"container=shop*&reason=look+at+logs&seconds=900").status == 303
    (session,) = told.store.announcements(0)
    assert (session.author, session.reason, session.until - session.since) == ("user:ada", "look at logs", 900 * 10**9)
    assert "look at logs" in person.get("/sessions").text
    assert person.post(f"/sessions/{session.id}/end").status == 303
    assert person.post("/sessions/ses-none/end").status == 404
    assert told.store.announcements(0)[0].ended > 0


def test_an_exception_is_previewed_added_and_removed(scanned: Application, person: Client) -> None:
    """First what it would hide; then it holds and names who made it; then it is gone."""
    fields = "findings=CVE-2099-1001&reason=Behind+a+proxy&owner=ada&expires=2027-06-30"
    shown = person.get(f"/exceptions/preview?{fields}").text
    assert "It would hide 3 findings" in shown
    assert len(scanned.store.exemptions()) == 1
    answer = person.post("/exceptions", fields.encode())
    assert answer.status == 303
    added = next(e for e in scanned.store.exemptions() if e.owner == "ada")
    assert (added.reason, added.created_by, added.source) == ("Behind a proxy", "user:ada", "store")
    assert answer.headers["location"] == f"/exceptions#{added.id}"
    assert "Behind a proxy" in person.get(f"/images/{digest(0)}").text
    assert person.post(f"/exceptions/{added.id}/remove").headers["location"] == "/exceptions"
    assert [e.id for e in scanned.store.exemptions()] == ["exc-perl"]
    assert person.post(f"/exceptions/{added.id}/remove").status == 404


@pytest.mark.parametrize(
    "fields",
    [
        "findings=CVE-1&reason=x&owner=y&expires=2020-01-01", "findings=CVE-1&reason=x&owner=y&expires=x",
        "findings=CVE-1&reason=x&owner=y", "reason=x&owner=y&expires=2027-06-30", "findings=CVE-1&owner=y&expires=2027-06-30",
        "findings=CVE-1&reason=x&owner=y&expires=9999-12-31", "",
    ],
)  # fmt: skip
def test_an_exception_without_reason_owner_scope_or_end_is_refused(told: Application, person: Client, fields: str) -> None:
    """By the preview and by the form alike."""
    assert person.get(f"/exceptions/preview?{fields}").status == 400
    assert person.post("/exceptions", fields.encode()).status == 400
    assert told.store.exemptions() == []


@given(st.text(max_size=60))
def test_a_form_leads_nowhere_else(back: str) -> None:
    """No open redirect, no header injection."""
    address_ = own_address(back)
    assert address_.startswith("/")
    assert not address_.startswith(("//", "/\\"))
    assert address_.isprintable()


def test_foreign_addresses_become_the_start_page() -> None:
    """The usual tricks."""
    for back in ("//evil.test", "/\\evil.test", "http://evil.test", "javascript:alert(1)", "", "/a\r\nSet-Cookie: x=1"):
        assert own_address(back) == "/"
    assert own_address("/incidents?state=new") == "/incidents?state=new"


def test_a_ticket_is_ordered_by_a_button(told: Application, person: Client) -> None:
    """Of an incident and of a finding; the page says that it was asked for, then where it is; without a tracker, that."""
    assert "No tracker is connected" in person.get(f"/incidents/{INCIDENT_ID}").text
    told.store.put_destination(Destination(name="ops", channel=Channel.JIRA, secret="env:X"))
    for page, subject in ((f"/incidents/{INCIDENT_ID}", INCIDENT_ID), ("/findings/fnd-shell", "fnd-shell")):
        assert "Open a ticket" in person.get(page).text
        answer = person.post("/tickets", f"id={subject}&destination=ops".encode())
        assert (answer.status, answer.headers["location"]) == (303, f"{page}#handling")
        assert "A ticket was asked of ops" in person.get(page).text
        (known,) = told.store.told_of(subject)
        told.store.put_told([msgspec.structs.replace(known, ticket=Ticket(key="OPS-7", url="https://jira.test/OPS-7"))])
        assert 'href="https://jira.test/OPS-7"' in person.get(page).text
    assert person.post("/tickets", b"id=inc-none&destination=ops").status == 404
    assert person.post("/tickets", f"id={INCIDENT_ID}&destination=none".encode()).status == 404
