"""Telling others on threads of the server process, from an incident to a request that came."""

from __future__ import annotations

import threading

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.handling import handling_of
from periderm.app.notify import add_destination, open_ticket
from periderm.app.notifying import notifying
from periderm.model.errors import UsageError
from periderm.model.incident import IncidentState
from periderm.model.notice import Channel, Destination, Message, NoticeFilter, Ticket
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.severity import Severity
from periderm.wiring.notifying import notifier_for, tickets_for
from tests.story import INCIDENT_ID, FixedClock, tell
from tests.told import KEY, Asked, place


def test_an_incident_reaches_a_webhook(empty: Application, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the store, the queue, the plug and a real connection; when it is resolved, that too."""
    monkeypatch.setenv("TEST_HOOK_KEY", KEY)
    came = [threading.Event(), threading.Event()]

    def script(_: Asked) -> tuple[int, bytes]:
        came[len(there.asked) - 1].set()
        return 204, b""

    app = msgspec.structs.replace(empty, notifier_for=notifier_for, tickets_for=tickets_for)
    with place(script) as there:
        hook = Destination(
            name="hook",
            channel=Channel.WEBHOOK,
            address=f"{there.url}/in",
            secret="env:TEST_HOOK_KEY",
            networks=("127.0.0.0/8",),
            chosen=NoticeFilter(severity=Severity.UNKNOWN),
        )
        add_destination(app, LOCAL_ADMIN, hook)
        with notifying(app, pause=0.01) as reader:
            while app.store.notified() < 0:
                reader.step()
            clock.sleep(3600)
            incident = tell(app)
            assert came[0].wait(180)
            app.store.put_incident(msgspec.structs.replace(incident, state=IncidentState.RESOLVED, revision=99))
            assert came[1].wait(180)
    told = [n for asked in there.asked for n in asked.json()["notices"]]
    assert [(n["occasion"], n["subject"], n["over"]) for n in told] == [
        ("incident-new", INCIDENT_ID, False),
        ("incident-closed", INCIDENT_ID, True),
    ]
    assert told[0]["record"]["id"] == INCIDENT_ID


def test_a_closed_ticket_resolves_its_incident(empty: Application, clock: FixedClock) -> None:
    """Where that was asked for, and the record says who did it."""
    looked = threading.Event()

    class Tracker:
        def put(self, message: Message, known: Ticket | None, *, open_: bool) -> Ticket:
            return Ticket(key="OPS-1", url="https://j.test/browse/OPS-1", open=open_)

        def look(self, ticket: Ticket) -> Ticket | None:
            looked.set()
            return msgspec.structs.replace(ticket, open=False, status="Done")

        def try_out(self) -> str:
            return ""

    app = msgspec.structs.replace(empty, notifier_for=notifier_for, tickets_for=lambda _: Tracker())
    tell(app)
    options = {"project": "OPS", "resolves": "on"}
    add_destination(
        app,
        LOCAL_ADMIN,
        Destination(name="ops", channel=Channel.JIRA, address="https://j.test", secret="env:J", options=options),
    )
    open_ticket(app, LOCAL_ADMIN, INCIDENT_ID, "ops")
    with notifying(app, pause=0.01):
        while (told := app.store.told_of(INCIDENT_ID)[0]).ticket is None:
            looked.wait(0.01)
        assert told.ticket.open
        clock.sleep(400)
        assert looked.wait(180)
        while (incident := app.store.incident(INCIDENT_ID)) is None or incident.state is not IncidentState.RESOLVED:
            looked.wait(0.01)
    assert handling_of(app, LOCAL_ADMIN, INCIDENT_ID).ticket == "https://j.test/browse/OPS-1"


def test_a_process_without_plugs_tells_nobody(empty: Application) -> None:
    """Only the server does."""
    with pytest.raises(UsageError), notifying(empty):
        pass
