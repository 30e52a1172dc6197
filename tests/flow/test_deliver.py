"""Deliveries that wait are sent, tried again, given up, and kept where people see them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.app.application import Application
from periderm.flow.deliver import LONGEST_RETRY, LOOK_NS, MOST_TRIES, OLDEST_NS, Deliver, wait_after
from periderm.model.errors import DeniedError, NotifierError
from periderm.model.gap import GapKind
from periderm.model.incident import IncidentState
from periderm.model.notice import (
    Channel,
    Delivery,
    DeliveryState,
    Destination,
    DestinationState,
    Message,
    NoticeFilter,
    Occasion,
    Ticket,
    Told,
)
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.story import INCIDENT_ID, FixedClock, application, tell
from tests.told import notice

SECOND = 10**9


class Plug:
    """Takes or refuses as it is told; keeps what came."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.came: list[Message] = []

    def deliver(self, message: Message) -> str:
        self.came.append(message)
        if self.failures:
            raise self.failures.pop(0)
        return "taken"


class Tracker:
    """Issues in memory, as a tracker has them."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.came: list[tuple[str, bool]] = []

    def put(self, message: Message, known: Ticket | None, *, open_: bool) -> Ticket:
        self.came.append((message.notices[0].occasion.value, open_))
        key = known.key if known else f"T-{len(self.tickets) + 1}"
        self.tickets[key] = Ticket(key=key, url=f"https://t.test/{key}", open=open_)
        return self.tickets[key]

    def look(self, ticket: Ticket) -> Ticket | None:
        return self.tickets.get(ticket.key)

    def try_out(self) -> str:
        return "fine"


@pytest.fixture
def clock() -> FixedClock:
    """Goes only when the test moves it."""
    return FixedClock()


@pytest.fixture
def app(tmp_path: Path, clock: FixedClock) -> Iterator[Application]:
    """With one destination."""
    made = application(tmp_path, clock)
    made.store.put_destination(Destination(name="d", channel=Channel.SLACK))
    yield made
    made.store.close()


def put(app: Application, number: int = 1, name: str = "d", **changes: object) -> str:
    """A delivery that waits; its id."""
    now = app.clock.now()
    delivery = Delivery(id=f"dlv-{number}", destination=name, notices=(notice(),), not_before=now, made=now)
    app.store.put_deliveries([msgspec.structs.replace(delivery, **changes)])
    return delivery.id


def deliver(app: Application, plug: Plug, tracker: Tracker | None = None, **more: object) -> Deliver:
    """One that sends to the plug."""
    return Deliver(app.store, app.clock, lambda _: plug, lambda _: tracker or Tracker(), link="https://p.test", **more)


def state(app: Application) -> DestinationState:
    """How telling the only destination goes."""
    return app.store.destinations()[0][1]


def stored(app: Application, identity: str = "dlv-1") -> Delivery:
    """The delivery as it is now."""
    found = app.store.delivery(identity)
    assert found is not None
    return found


def test_what_waits_is_sent_once(app: Application, clock: FixedClock) -> None:
    """And what is not due is left."""
    put(app)
    put(app, 2, not_before=clock.now() + SECOND)
    plug = Plug()
    sender = deliver(app, plug)
    assert sender.step()
    assert not sender.step()
    assert [m.id for m in plug.came] == ["dlv-1"]
    assert (stored(app).state, stored(app).answer) == (DeliveryState.SENT, "taken")
    assert (state(app).sent, state(app).failing) == (1, 0)
    clock.sleep(1)
    assert sender.step()
    assert stored(app, "dlv-2").state is DeliveryState.SENT


def test_the_records_are_told_as_they_are_now(app: Application) -> None:
    """Not as they were when it was put into the queue."""
    tell(app)
    put(app, notices=(notice(subject_id=INCIDENT_ID), notice(subject_id="inc-gone")))
    plug = Plug()
    deliver(app, plug).step()
    assert [getattr(r, "id", "") for r in plug.came[0].records] == [INCIDENT_ID]
    assert plug.came[0].link.startswith("https://p.test/incidents/")


def test_what_fails_is_tried_later_and_later(app: Application, clock: FixedClock) -> None:
    """The destination as a whole waits, and all goes on when it gets through."""
    put(app)
    put(app, 2)
    plug = Plug(NotifierError("away"), NotifierError("away"))
    sender = deliver(app, plug)
    assert sender.step()
    assert not sender.step()
    assert (state(app).failures, state(app).problem) == (1, "away")
    clock.sleep(16)
    assert sender.step()
    assert not sender.step()
    clock.sleep(16)
    assert not sender.step()
    clock.sleep(16)
    assert sender.step()
    assert sender.step()
    assert {m.id for m in plug.came} == {"dlv-1", "dlv-2"}
    assert (state(app).sent, state(app).failures, state(app).problem) == (2, 0, "")


def test_the_other_sides_wish_counts(app: Application, clock: FixedClock) -> None:
    """Up to an hour."""
    put(app)
    deliver(app, Plug(NotifierError("slow down", wait=500.0))).step()
    assert stored(app).not_before == clock.now() + 500 * SECOND
    assert wait_after(1, 10**9) == LONGEST_RETRY * SECOND
    assert [wait_after(n) // SECOND for n in (0, 1, 2, 3, 20)] == [15, 15, 30, 60, 3600]


def test_what_is_refused_for_good_is_given_up_at_once(app: Application) -> None:
    """The next is tried, and people can see which was not told, and why."""
    put(app)
    put(app, 2)
    plug = Plug(NotifierError("no such channel", again=False))
    sender = deliver(app, plug)
    assert sender.step()
    assert sender.step()
    assert (stored(app).state, stored(app).problem) == (DeliveryState.DEAD, "no such channel")
    assert stored(app, "dlv-2").state is DeliveryState.SENT


def test_it_is_given_up_in_the_end(app: Application, clock: FixedClock) -> None:
    """After so many tries, or a day."""
    put(app)
    plug = Plug(*[NotifierError("away")] * 100)
    sender = deliver(app, plug)
    for _ in range(MOST_TRIES):
        assert stored(app).state is DeliveryState.WAITING
        assert sender.step()
        clock.sleep(LONGEST_RETRY * 1.2)
    assert stored(app).state is DeliveryState.DEAD
    put(app, 2, made=clock.now() - OLDEST_NS - 1)
    sender.step()
    assert stored(app, "dlv-2").state is DeliveryState.DEAD


def test_a_secret_that_cannot_be_read_is_said(app: Application) -> None:
    """And tried again: somebody may set it."""

    def unreadable(_: Destination) -> Plug:
        raise DeniedError("The environment variable X is empty.", "Set it.")

    put(app)
    Deliver(app.store, app.clock, unreadable, lambda _: Tracker()).step()
    assert stored(app).state is DeliveryState.WAITING
    assert "X is empty" in state(app).problem


def test_silence_is_a_gap_until_it_ends(app: Application, clock: FixedClock) -> None:
    """Who relies on being told sees that nobody is."""
    put(app)
    sender = deliver(app, Plug(*[NotifierError("away")] * 3))
    for expected in (0, 0, 1):
        sender.step()
        assert app.store.gaps(Query(kind=GapKind.NOTIFIER_SILENT.value)).total == expected
        clock.sleep(100)
    sender.step()
    assert app.store.gaps(Query(kind=GapKind.NOTIFIER_SILENT.value)).total == 0


def test_one_that_hangs_keeps_no_other_waiting(app: Application) -> None:
    """Each destination has its own turn."""
    app.store.put_destination(Destination(name="e", channel=Channel.SLACK))
    put(app)
    put(app, 2, name="e")
    inside, go_on = threading.Event(), threading.Event()

    class Slow:
        def deliver(self, _: Message) -> str:
            inside.set()
            assert go_on.wait(180)
            return ""

    plug = Plug()
    sender = Deliver(app.store, app.clock, lambda d: Slow() if d.name == "d" else plug, lambda _: Tracker())
    slow = threading.Thread(target=sender.step)
    slow.start()
    assert inside.wait(180)
    assert sender.step()
    assert not sender.step()  # the slow one is not asked a second time
    assert [m.id for m in plug.came] == ["dlv-2"]
    go_on.set()
    slow.join(180)
    assert stored(app).state is DeliveryState.SENT


def test_a_paused_one_keeps_what_waits(app: Application) -> None:
    """Until it goes on."""
    put(app)
    app.store.put_destination(Destination(name="d", channel=Channel.SLACK, paused=True))
    plug = Plug()
    assert not deliver(app, plug).step()
    app.store.put_destination(Destination(name="d", channel=Channel.SLACK))
    assert deliver(app, plug).step()


def ticketed(app: Application, **options: str) -> Tracker:
    """A tracker that was told of the incident, which goes on."""
    app.store.remove_destination("d")
    chosen = NoticeFilter(severity=Severity.UNKNOWN)
    app.store.put_destination(Destination(name="t", channel=Channel.JIRA, options=options, chosen=chosen))
    tell(app)
    told = Told(destination="t", subject_id=INCIDENT_ID, open=True, mark="", severity=Severity.HIGH, time=1)
    app.store.put_told([told])
    return Tracker()


def test_a_ticket_follows_its_incident(app: Application) -> None:
    """Made, told what is new, closed; by what the incident is now, in whichever order it comes."""
    tracker = ticketed(app)
    put(app, name="t", notices=(notice(subject_id=INCIDENT_ID),))
    sender = deliver(app, Plug(), tracker)
    assert sender.step()
    assert app.store.told_of(INCIDENT_ID)[0].ticket == tracker.tickets["T-1"]
    assert stored(app).answer == "https://t.test/T-1"
    incident = app.store.incident(INCIDENT_ID)
    assert incident is not None
    app.store.put_incident(msgspec.structs.replace(incident, state=IncidentState.RESOLVED, revision=incident.revision + 1))
    put(app, 2, name="t", notices=(notice(subject_id=INCIDENT_ID, occasion=Occasion.INCIDENT_GROWN),))
    put(app, 3, name="t", notices=(notice(subject_id=INCIDENT_ID, occasion=Occasion.INCIDENT_CLOSED, ends=True),))
    while sender.step():
        pass
    assert len(tracker.tickets) == 1
    assert not tracker.tickets["T-1"].open
    assert tracker.came == [("incident-new", True), ("incident-grown", False), ("incident-closed", False)]


def test_no_ticket_of_what_is_over(app: Application) -> None:
    """Nobody was told; nobody needs to do anything."""
    tracker = ticketed(app)
    put(app, name="t", notices=(notice(subject_id="inc-x", occasion=Occasion.FINDING_GONE, ends=True),))
    deliver(app, Plug(), tracker).step()
    assert tracker.tickets == {}
    assert stored(app).state is DeliveryState.SENT


@pytest.mark.parametrize("resolves", ["on", "off"])
def test_the_state_of_a_ticket_comes_back(app: Application, clock: FixedClock, resolves: str) -> None:
    """And resolves the incident where that was asked for."""
    tracker = ticketed(app, resolves=resolves)
    resolved: list[tuple[str, str]] = []
    sender = deliver(app, Plug(), tracker, resolve=lambda incident, name: resolved.append((incident, name)))
    put(app, name="t", notices=(notice(subject_id=INCIDENT_ID),))
    while sender.step():
        pass
    tracker.tickets["T-1"] = Ticket(key="T-1", open=False, status="Done")
    clock.sleep(LOOK_NS / SECOND + 1)
    while sender.step():
        pass
    ticket = app.store.told_of(INCIDENT_ID)[0].ticket
    assert ticket is not None
    assert (ticket.open, ticket.status) == (False, "Done")
    assert resolved == ([(INCIDENT_ID, "t")] if resolves == "on" else [])
    clock.sleep(LOOK_NS / SECOND + 1)
    while sender.step():
        pass
    assert len(resolved) <= 1  # once


def test_it_ends_when_it_is_told_to(app: Application) -> None:
    """A thread of it is over soon."""
    stop = threading.Event()
    put(app)
    plug = Plug()
    thread = threading.Thread(target=deliver(app, plug).run, args=(stop, 0.01))
    thread.start()
    while stored(app).state is not DeliveryState.SENT:
        time.sleep(0.01)
    stop.set()
    thread.join(180)
    assert not thread.is_alive()
