"""What a person does with destinations: add, list, try, pause, remove them; see what waits and what was given up, and try that
again; open a ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from periderm import __version__
from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.confirming import require_confirmed
from periderm.app.destination_rights import check_from_afar, references
from periderm.app.findings import show_finding
from periderm.app.incidents import read_incident
from periderm.app.notify_check import checked
from periderm.app.typed_secrets import forget, keep_typed
from periderm.correlate.coverage import gap_id
from periderm.flow import notices
from periderm.flow.deliver import destination_asset
from periderm.flow.messages import render
from periderm.model.errors import DeniedError, NotFoundError, NotifierError, PeridermError, UsageError
from periderm.model.finding import Finding
from periderm.model.gap import GapKind
from periderm.model.ids import stable_id
from periderm.model.incident import Incident
from periderm.model.notice import (
    TICKETS,
    Delivery,
    DeliveryState,
    Destination,
    DestinationState,
    Notice,
    Occasion,
    Ticket,
    Told,
)
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query
from periderm.model.severity import Severity
from periderm.model.text import Text

_TEST_TITLE = Text("This is a test of {name}", "这是对 {name} 的测试")
_TEST_TEXT = Text(
    "Periderm can reach this place. Nothing happened; nobody needs to do anything.",
    "Periderm 可以通知到此处。没有发生任何事情，无需处理。",
)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A destination and how telling it goes."""

    destination: Destination
    state: DestinationState
    waiting: int = 0


class Tried(msgspec.Struct, frozen=True):
    """What the other side answered to a test."""

    destination: str
    answer: str


class SubjectTicket(msgspec.Struct, frozen=True):
    """A ticket of an incident or a finding, and the destination that made it."""

    destination: str
    ticket: Ticket


def list_destinations(app: Application, who: Principal) -> Sequence[Listed]:
    """All, by name."""
    require(who, Permission.READ)
    waiting = app.store.waiting()
    return tuple(
        Listed(destination=destination, state=state, waiting=waiting.get(destination.name, 0))
        for destination, state in app.store.destinations()
    )


def show_destination(app: Application, who: Principal, name: str) -> Listed:
    """One. Raises NotFoundError."""
    for listed in list_destinations(app, who):
        if listed.destination.name == name:
            return listed
    raise NotFoundError(f"There is no destination {name[:80]!r}.", "`periderm notify list` names those that exist.")


def add_destination(
    app: Application, who: Principal, destination: Destination, typed: Mapping[str, str] | None = None
) -> Destination:
    """Tells it from now on, or changes how; what it was told stays known. `typed` are secrets themselves, by the option that
    they are for ('' for the main one): they are kept, and only where they lie is told. Whoever names a secret of this machine
    sends it to a host of his choice, so administrators elsewhere prove who they are and name none (`destination_rights`).
    Raises UsageError, DeniedError."""
    require_confirmed(app, who)
    known = next((d for d, _ in app.store.destinations() if d.name == destination.name), None)
    if known is not None and known.channel is not destination.channel:
        raise UsageError(f"{destination.name} is of {known.channel.value}.", "Remove it first, or choose another name.")
    kept: dict[str, str] = {}
    try:
        destination = checked(keep_typed(app, destination, typed or {}, kept))
        if not who.may(Permission.MACHINE):
            check_from_afar(destination, known, kept)
        made, made_by = (known.made, known.made_by) if known else (app.clock.now(), who.name)
        destination = msgspec.structs.replace(destination, made=made, made_by=made_by)
        with app.store.transaction():
            app.store.put_destination(destination)
            note(app, who, "notify.change" if known else "notify.add", destination.name, _told_of(destination, known))
    except PeridermError:
        forget(app, kept.values())
        raise
    if known is not None:
        forget(app, set(references(known).values()) - set(references(destination).values()))
    return destination


def _told_of(destination: Destination, known: Destination | None) -> str:
    """For the audit log: where it goes, without anything that could be a secret."""
    moved = f" (before: {known.address})" if known is not None and known.address != destination.address else ""
    return f"{destination.channel.value} {destination.address}{moved}".strip()


def remove_destination(app: Application, who: Principal, name: str) -> None:
    """It is told nothing more, and what waits for it is forgotten. Raises NotFoundError."""
    require(who, Permission.ADMIN)
    known = next((d for d, _ in app.store.destinations() if d.name == name), None)
    with app.store.transaction():
        if not app.store.remove_destination(name):
            show_destination(app, who, name)
        app.store.close_gap(gap_id(GapKind.NOTIFIER_SILENT, destination_asset(name)))
        note(app, who, "notify.remove", name)
    if known is not None:
        forget(app, references(known).values())


def pause_destination(app: Application, who: Principal, name: str, *, paused: bool) -> Destination:
    """Tells it nothing for a while: what happens meanwhile is not told later, what waits already is. Raises NotFoundError."""
    require(who, Permission.ADMIN)
    destination = msgspec.structs.replace(show_destination(app, who, name).destination, paused=paused)
    with app.store.transaction():
        app.store.put_destination(destination)
        note(app, who, "notify.pause" if paused else "notify.resume", name)
    return destination


def try_destination(app: Application, who: Principal, name: str) -> Tried:
    """Sends a test at once and waits for the answer; a tracker is only asked whether tickets can be made. Raises NotFoundError,
    NotifierError, UsageError."""
    require(who, Permission.ADMIN)
    destination = show_destination(app, who, name).destination
    note(app, who, "notify.test", name)
    if app.notifier_for is None or app.tickets_for is None:
        raise UsageError("This process tells nobody.", "Ask the server, or use `periderm notify test`.")
    try:
        return Tried(name, _tried(app, destination))
    except DeniedError as error:  # its secret cannot be read: that is what the test was to find out
        raise NotifierError(error.what, error.next_step) from error


def _tried(app: Application, destination: Destination) -> str:
    assert app.notifier_for is not None and app.tickets_for is not None  # noqa: S101, PT018 -- asked by the caller
    if destination.channel in TICKETS:
        return app.tickets_for(destination).try_out()
    now, name = app.clock.now(), destination.name
    notice = Notice(
        id=stable_id("ntc", "test", name, now),
        occasion=Occasion.TEST,
        subject_id=f"test-{name}",
        severity=Severity.INFORMATIONAL,
        time=now,
        title=_TEST_TITLE.fill(name=name),
        summary=_TEST_TEXT,
        ends=True,
    )
    message = render(
        destination, [notice], identity=stable_id("dlv", name, now), now=now, link=app.settings.url, version=__version__
    )
    return app.notifier_for(destination).deliver(message)


def list_deliveries(app: Application, who: Principal, query: Query) -> Page[Delivery]:
    """Newest first. `query.kind` is a destination, `query.state` a DeliveryState."""
    require(who, Permission.READ)
    return app.store.deliveries(query)


def retry_delivery(app: Application, who: Principal, delivery_id: str) -> Delivery:
    """One that waits or was given up is sent as soon as possible. Raises NotFoundError, UsageError."""
    require(who, Permission.RESPOND)
    with app.store.transaction():
        delivery = app.store.delivery(delivery_id)
        if delivery is None:
            raise NotFoundError(f"There is no delivery {delivery_id[:80]!r}.", "`periderm notify dead` lists those given up.")
        if delivery.state is DeliveryState.SENT:
            raise UsageError("It was sent already.", "Nothing is to be done.")
        now = app.clock.now()
        # Its age counts from now on: else it would be given up at once again.
        again = msgspec.structs.replace(
            delivery, state=DeliveryState.WAITING, tries=0, not_before=now, ended=0, made=max(delivery.made, now)
        )
        app.store.put_deliveries([again])
        state = show_destination(app, who, delivery.destination).state
        app.store.put_destination_state(delivery.destination, msgspec.structs.replace(state, not_before=0))
        note(app, who, "notify.retry", delivery_id, delivery.destination)
    return again


def retry_dead(app: Application, who: Principal, name: str = "") -> int:
    """All that were given up, or those of one destination; how many."""
    require(who, Permission.RESPOND)
    query = Query(kind=name, state=DeliveryState.DEAD.value, limit=1000)
    dead = app.store.deliveries(query).items
    for delivery in dead:
        retry_delivery(app, who, delivery.id)
    return len(dead)


def tickets_of(app: Application, who: Principal, subject_id: str) -> Sequence[SubjectTicket]:
    """Of an incident or a finding, by destination. Raises NotFoundError."""
    _reported(app, who, subject_id)
    return tuple(SubjectTicket(told.destination, told.ticket) for told in app.store.told_of(subject_id) if told.ticket)


def trackers(app: Application, who: Principal) -> tuple[str, ...]:
    """Names of destinations that make tickets and are not paused; none for whoever sees a part only."""
    require(who, Permission.READ)
    try:
        every = app.store.destinations()
    except DeniedError:
        return ()
    return tuple(d.name for d, _ in every if d.channel in TICKETS and not d.paused)


class TicketsHere(msgspec.Struct, frozen=True, kw_only=True):
    """Of one incident or finding: its tickets, trackers that can make one, and those that were asked and have not answered."""

    tickets: tuple[SubjectTicket, ...] = ()
    trackers: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def tickets_here(app: Application, who: Principal, subject_id: str) -> TicketsHere:
    """What a page shows of it; one that is not there has none."""
    known = trackers(app, who)
    told = app.store.told_of(subject_id)
    return TicketsHere(
        tickets=tuple(SubjectTicket(t.destination, t.ticket) for t in told if t.ticket is not None),
        trackers=known,
        asked=tuple(t.destination for t in told if t.ticket is None and t.destination in known),
    )


def open_ticket(app: Application, who: Principal, subject_id: str, name: str) -> Delivery:
    """Tells a destination of an incident or a finding whatever its filter says: a tracker makes a ticket. Raises
    NotFoundError."""
    require(who, Permission.RESPOND)
    record = _reported(app, who, subject_id)
    destination = show_destination(app, who, name).destination
    now = app.clock.now()
    asset = app.store.asset(record.asset_id)
    place = (record.container_name if isinstance(record, Incident) else "") or notices.place_of(asset)
    subject = notices.Subject(record, place=place)
    if asset is not None:
        subject = notices.Subject(record, place=place, owner=asset.ownership)
    occasion = Occasion.INCIDENT_NEW if isinstance(record, Incident) else Occasion.FINDING_NEW
    notice = notices.notice_of(subject, occasion, now)
    delivery = Delivery(
        id=stable_id("dlv", name, record.id, "asked", now),
        destination=name,
        notices=(notice,),
        key=record.id,
        not_before=now,
        made=now,
    )
    with app.store.transaction():
        known: Mapping[str, Told] = app.store.told(name, [record.id])
        if record.id not in known:
            told = Told(
                destination=name,
                subject_id=record.id,
                open=notices.goes_on(record),
                mark=notices.mark_of(record),
                severity=record.severity,
                time=now,
                last=notice,
            )
            app.store.put_told([told])
        app.store.put_deliveries([delivery])
        note(app, who, "notify.ticket", record.id, destination.name)
    return delivery


def _reported(app: Application, who: Principal, subject_id: str) -> Incident | Finding:
    return show_finding(app, who, subject_id) if subject_id.startswith("fnd-") else read_incident(app, who, subject_id)
