"""The part of `/api/v1` about telling others: destinations, deliveries, tickets. Parses and asks `app`; decides nothing."""

from __future__ import annotations

import msgspec

from periderm.app import notify
from periderm.app.notify import Listed, SubjectTicket, Tried
from periderm.model.notice import Delivery, DeliveryState, Destination
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1, listing, one

TEXT = f.COMMON[0]
OF_DESTINATION = f.Parameter("kind", "Only to this destination.")


class TicketOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an order for a ticket: which destination makes it."""

    destination: str


class Pause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body that stops or goes on."""

    paused: bool


class NewDestination(Destination, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A destination, and secrets themselves by the option that they are for ('' for the main one): they are kept on the server
    and never told again."""

    typed: dict[str, str] = msgspec.field(default_factory=dict)


class Retried(msgspec.Struct, frozen=True):
    """How many are sent again."""

    again: int


def _add(call: Call) -> Destination:
    given: NewDestination = decode_body(call, NewDestination)
    told = {name: getattr(given, name) for name in Destination.__struct_fields__}
    return notify.add_destination(call.app, call.who, Destination(**told), given.typed)


def _remove(call: Call) -> tuple[Listed, ...]:
    notify.remove_destination(call.app, call.who, call.path["id"])
    return tuple(notify.list_destinations(call.app, call.who))


def _pause(call: Call) -> Destination:
    given: Pause = decode_body(call, Pause)
    return notify.pause_destination(call.app, call.who, call.path["id"], paused=given.paused)


def _ticket(call: Call) -> Delivery:
    given: TicketOrder = decode_body(call, TicketOrder)
    return notify.open_ticket(call.app, call.who, call.path["id"], given.destination)


def _tickets(family: str, what: str) -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            method="GET",
            path=f"{V1}/{family}/{{id}}/tickets",
            summary=f"Tickets of {what}, and their state in their trackers.",
            handle=lambda call: notify.tickets_of(call.app, call.who, call.path["id"]),
            answer=tuple[SubjectTicket, ...],
            tag=family,
        ),
        Endpoint(
            method="POST",
            path=f"{V1}/{family}/{{id}}/tickets",
            summary=f"Tell a destination of {what}, whatever its filter says: a tracker makes a ticket.",
            handle=_ticket,
            answer=Delivery,
            body=TicketOrder,
            status=202,
            tag=family,
        ),
    )


NOTIFY: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/destinations",
        summary="Where incidents, alerts, findings and gaps are told, and how that goes.",
        handle=lambda call: notify.list_destinations(call.app, call.who),
        answer=tuple[Listed, ...],
        tag="notify",
    ),
    one("destinations", "One destination.", Listed, notify.show_destination),
    Endpoint(
        method="POST",
        path=f"{V1}/destinations",
        summary="Tell a destination from now on, or change how; its secrets are typed, or named by where they lie. Asks for a "
        "proof in the last 15 minutes (`/account/confirm`).",
        handle=_add,
        answer=Destination,
        body=NewDestination,
        status=201,
        tag="notify",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/destinations/{{id}}",
        summary="Tell a destination nothing more. Answers those that are left.",
        handle=_remove,
        answer=tuple[Listed, ...],
        tag="notify",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/destinations/{{id}}/test",
        summary="Send a test at once and wait for the answer.",
        handle=lambda call: notify.try_destination(call.app, call.who, call.path["id"]),
        answer=Tried,
        tag="notify",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/destinations/{{id}}/pause",
        summary="Tell a destination nothing for a while, or go on.",
        handle=_pause,
        answer=Destination,
        body=Pause,
        tag="notify",
    ),
    listing(
        "deliveries",
        "What was told, waits, or was given up, newest first.",
        Delivery,
        notify.list_deliveries,
        OF_DESTINATION,
        f.state(tuple(DeliveryState)),
        common=(TEXT, *f.PAGING),
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/deliveries/{{id}}/retry",
        summary="Send a delivery again that waits or was given up.",
        handle=lambda call: notify.retry_delivery(call.app, call.who, call.path["id"]),
        answer=Delivery,
        status=202,
        tag="notify",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/deliveries/retry",
        summary="Send all deliveries again that were given up, 1000 at most.",
        handle=lambda call: Retried(notify.retry_dead(call.app, call.who)),
        answer=Retried,
        status=202,
        tag="notify",
    ),
    *_tickets("incidents", "an incident"),
    *_tickets("findings", "a finding"),
)
