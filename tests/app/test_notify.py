"""What a person does with destinations."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app import notify as n
from periderm.app.application import Application
from periderm.flow.deliver import silent_gap
from periderm.model.errors import DeniedError, NotFoundError, NotifierError, UsageError
from periderm.model.notice import Channel, Delivery, DeliveryState, Destination, DestinationState, Message, Ticket
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from tests.story import INCIDENT_ID
from tests.told import notice

READER = Principal("user:reader", frozenset({Permission.READ}))
SLACK = Destination(name="team", channel=Channel.SLACK, secret="env:HOOK")


class Plug:
    """Takes what comes; as a tracker it only says that it could."""

    def __init__(self) -> None:
        self.came: list[Message] = []

    def deliver(self, message: Message) -> str:
        self.came.append(message)
        return "ok"

    def put(self, message: Message, known: Ticket | None, *, open_: bool) -> Ticket:
        raise AssertionError(message, known, open_)

    def look(self, ticket: Ticket) -> Ticket | None:
        return ticket

    def try_out(self) -> str:
        return "may create"


def test_one_is_added_changed_and_removed(empty: Application) -> None:
    """Its beginning stays, each step is noted, and its gap goes with it."""
    made = n.add_destination(empty, LOCAL_ADMIN, SLACK)
    assert (made.made, made.made_by) == (empty.clock.now(), LOCAL_ADMIN.name)
    changed = n.add_destination(empty, LOCAL_ADMIN, msgspec.structs.replace(SLACK, group_seconds=9))
    assert (changed.made, changed.group_seconds) == (made.made, 9)
    with pytest.raises(UsageError, match="is of slack"):
        n.add_destination(empty, LOCAL_ADMIN, msgspec.structs.replace(SLACK, channel=Channel.TEAMS))
    assert [x.destination for x in n.list_destinations(empty, READER)] == [changed]
    empty.store.put_gaps([silent_gap(changed, DestinationState(failing=1), "away", 2)])
    assert n.pause_destination(empty, LOCAL_ADMIN, "team", paused=True).paused
    n.remove_destination(empty, LOCAL_ADMIN, "team")
    assert empty.store.gaps(Query()).total == 0
    with pytest.raises(NotFoundError):
        n.remove_destination(empty, LOCAL_ADMIN, "team")
    noted = [e.action for e in empty.store.audit_entries(Query()).items]
    assert sorted(noted) == ["notify.add", "notify.change", "notify.pause", "notify.remove"]


def test_readers_change_nothing(empty: Application) -> None:
    """They see how it goes; who adds has to have proved who they are."""
    n.add_destination(empty, LOCAL_ADMIN, SLACK)
    admin = Principal("user:admin", frozenset(Permission) - {Permission.MACHINE})
    with pytest.raises(DeniedError):
        n.add_destination(empty, admin, msgspec.structs.replace(SLACK, name="other"))
    for change in (
        lambda: n.remove_destination(empty, READER, "team"),
        lambda: n.pause_destination(empty, READER, "team", paused=True),
        lambda: n.try_destination(empty, READER, "team"),
        lambda: n.retry_delivery(empty, READER, "dlv-1"),
        lambda: n.open_ticket(empty, READER, INCIDENT_ID, "team"),
    ):
        with pytest.raises(DeniedError):
            change()


def test_a_test_is_sent_at_once(empty: Application) -> None:
    """To a tracker it only asks; it waits in no queue."""
    plug = Plug()
    app = msgspec.structs.replace(empty, notifier_for=lambda _: plug, tickets_for=lambda _: plug)
    n.add_destination(app, LOCAL_ADMIN, SLACK)
    jira = Destination(
        name="ops", channel=Channel.JIRA, address="https://jira.test", secret="env:J", options={"project": "OPS"}
    )
    n.add_destination(app, LOCAL_ADMIN, jira)
    assert n.try_destination(app, LOCAL_ADMIN, "team").answer == "ok"
    assert n.try_destination(app, LOCAL_ADMIN, "ops").answer == "may create"
    assert plug.came[0].title == "[INFORMATIONAL] Test: This is a test of team"
    assert app.store.deliveries(Query()).total == 0
    with pytest.raises(UsageError, match="tells nobody"):
        n.try_destination(empty, LOCAL_ADMIN, "team")
    with pytest.raises(NotFoundError):
        n.try_destination(app, LOCAL_ADMIN, "nobody")


def test_what_was_given_up_is_tried_again(empty: Application) -> None:
    """At once, and its age counts anew; what was sent is not."""
    n.add_destination(empty, LOCAL_ADMIN, SLACK)
    dead = Delivery(id="dlv-1", destination="team", notices=(notice(),), state=DeliveryState.DEAD, tries=12, problem="away")
    sent = msgspec.structs.replace(dead, id="dlv-2", state=DeliveryState.SENT)
    empty.store.put_deliveries([dead, sent])
    empty.store.put_destination_state("team", DestinationState(failing=1, not_before=2**62))
    assert n.retry_dead(empty, LOCAL_ADMIN) == 1
    again = empty.store.delivery("dlv-1")
    assert again is not None
    assert (again.state, again.tries, again.made) == (DeliveryState.WAITING, 0, empty.clock.now())
    assert empty.store.due("team", empty.clock.now())
    assert n.show_destination(empty, READER, "team").state.not_before == 0
    with pytest.raises(UsageError):
        n.retry_delivery(empty, LOCAL_ADMIN, "dlv-2")
    with pytest.raises(NotFoundError):
        n.retry_delivery(empty, LOCAL_ADMIN, "dlv-3")
    assert n.retry_dead(empty, LOCAL_ADMIN, "team") == 0


def test_a_ticket_is_ordered_for_an_incident(told: Application) -> None:
    """Whatever the filter says; its state is asked of the store afterwards."""
    n.add_destination(told, LOCAL_ADMIN, SLACK)
    delivery = n.open_ticket(told, LOCAL_ADMIN, INCIDENT_ID, "team")
    assert delivery.notices[0].owner == "team-shop"
    assert n.tickets_of(told, READER, INCIDENT_ID) == ()
    (known,) = told.store.told_of(INCIDENT_ID)
    told.store.put_told([msgspec.structs.replace(known, ticket=Ticket(key="OPS-1"))])
    assert n.tickets_of(told, READER, INCIDENT_ID)[0].ticket.key == "OPS-1"
    n.open_ticket(told, LOCAL_ADMIN, INCIDENT_ID, "team")
    assert told.store.told_of(INCIDENT_ID)[0].ticket is not None
    with pytest.raises(NotFoundError):
        n.open_ticket(told, LOCAL_ADMIN, "inc-none", "team")
    with pytest.raises(NotFoundError):
        n.tickets_of(told, READER, "inc-none")
    assert NotifierError("x").again


def test_a_ticket_is_ordered_for_a_finding(told: Application) -> None:
    """By the same words; trackers that were asked and have not answered are named, those that are paused are not offered."""
    told.store.put_destination(Destination(name="ops", channel=Channel.JIRA, secret="env:J"))
    told.store.put_destination(Destination(name="gone", channel=Channel.GITHUB, secret="env:J", paused=True))
    told.store.put_destination(SLACK)
    assert n.trackers(told, READER) == ("ops",)
    delivery = n.open_ticket(told, LOCAL_ADMIN, "fnd-secret-cloud", "ops")
    assert delivery.notices[0].path == "/findings/fnd-secret-cloud"
    assert delivery.notices[0].place == "localhost/shop/web:2.4"
    assert n.tickets_here(told, READER, "fnd-secret-cloud") == n.TicketsHere(trackers=("ops",), asked=("ops",))
    (known,) = told.store.told_of("fnd-secret-cloud")
    told.store.put_told([msgspec.structs.replace(known, ticket=Ticket(key="OPS-2"))])
    here = n.tickets_here(told, READER, "fnd-secret-cloud")
    assert ([t.ticket.key for t in here.tickets], here.asked) == (["OPS-2"], ())
    assert n.tickets_of(told, READER, "fnd-secret-cloud")[0].ticket.key == "OPS-2"
    with pytest.raises(NotFoundError):
        n.open_ticket(told, LOCAL_ADMIN, "fnd-none", "ops")
