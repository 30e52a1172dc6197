"""The part of `/api/v1` that agents and scan workers use, with the service token."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app import orders, receive, serve_fleet
from periderm.model.baseline_news import BaselineNews
from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, ScanRequest
from periderm.model.errors import FormatError, NotFoundError, UsageError
from periderm.model.image import ImageInventory
from periderm.model.orders import LONGEST_WAIT, Known, Orders, Place
from periderm.model.policy import Policy
from periderm.model.queue import Renewal
from periderm.model.session import AnnouncedSession
from periderm.server.endpoints import MSGPACK, Call, Endpoint
from periderm.server.filters import Parameter
from periderm.server.waiting import Later

V1 = "/api/v1"
INGEST_BODY = 64 * 1024 * 1024
ASKED_BODY = 1024 * 1024
LONGEST_NAME = 200


class Taken(msgspec.Struct, frozen=True):
    """How many envelopes are durable now."""

    envelopes: int


def _needed(call: Call, name: str) -> str:
    value = call.query.get(name, "")
    if not 0 < len(value) <= LONGEST_NAME:
        raise UsageError(f"`{name}` is missing or too long.", f"Add ?{name}=…")
    return value


def _inventory(call: Call) -> Any:
    inventory = serve_fleet.inventory_of(call.app, call.who, call.path["digest"])
    if inventory is None:
        raise NotFoundError("That image was not scanned yet.", "Ask again when its scan has ended.")
    return inventory


def _take(call: Call) -> ScanRequest | None:
    node = call.query.get("node", "")[:200]
    registries = call.query.get("registries", "yes") != "no"
    return serve_fleet.take_scan(call.app, call.who, _needed(call, "worker"), node_id=node, registries=registries)


def _orders(call: Call) -> Orders | Later:
    try:
        known = msgspec.msgpack.decode(call.body, type=Known)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"The body does not say what is known: {error}.", "Send application/msgpack.") from error
    found = orders.orders_since(call.app, call.who, known)
    wait = min(known.wait, LONGEST_WAIT)
    if found.news or call.last or not wait > 0:
        return found
    board = orders.board_of(call.app)
    return Later(wait, board.refresh, lambda: orders.is_news(call.app, call.who, known))


def _senders(call: Call) -> list[str]:
    try:
        return msgspec.msgpack.decode(call.body, type=list[str])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"The body is no list of names: {error}.", "Send application/msgpack.") from error


def _renewal(call: Call) -> Renewal:
    try:
        return msgspec.msgpack.decode(call.body, type=Renewal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"The body is no renewal: {error}.", "Send application/msgpack.") from error


def _baselines(call: Call) -> Any:
    try:
        known = msgspec.msgpack.decode(call.body, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"The body is no map of versions: {error}.", "Send application/msgpack.") from error
    return serve_fleet.baseline_news(call.app, call.who, known)


def _held(held: bool) -> Renewal:
    if not held:
        raise NotFoundError("The worker does not hold that image.", "Take another.")
    return Renewal(worker="", image_digest="")


INTERNAL: tuple[Endpoint, ...] = (
    Endpoint(
        method="POST",
        path=f"{V1}/ingest",
        summary="Take envelopes; 202 means that all of them are on the medium.",
        handle=lambda call: Taken(receive.receive(call.app, call.who, call.body, clock=call.clock)),
        answer=Taken,
        body=list[Envelope],
        body_media=MSGPACK,
        status=202,
        body_limit=INGEST_BODY,
        tag="internal",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/internal/place",
        summary="How far this server is with what these senders sent, and its life, which a restored one begins anew.",
        handle=lambda call: receive.place_of(call.app, call.who, _senders(call)),
        answer=Place,
        body=list[str],
        body_media=MSGPACK,
        tag="internal",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/internal/orders",
        summary="What is new for a node: policies, sessions, orders. Waits for it as long as the node says, 20 s at most.",
        handle=_orders,
        answer=Orders,
        body=Known,
        body_media=MSGPACK,
        body_limit=ASKED_BODY,
        tag="internal",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/internal/policies",
        summary="All policies, highest priority first.",
        handle=lambda call: serve_fleet.policies_in_force(call.app, call.who),
        answer=list[Policy],
        tag="internal",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/internal/announced-sessions",
        summary="Announced sessions that are not over.",
        handle=lambda call: serve_fleet.sessions_in_force(call.app, call.who),
        answer=list[AnnouncedSession],
        tag="internal",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/internal/inventories/{{digest}}",
        summary="What a scan found in an image; 404 as long as it was not scanned.",
        handle=_inventory,
        answer=ImageInventory,
        tag="internal",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/internal/baselines",
        summary="What is new of the baselines of these workloads since the version that came last ('' for none).",
        handle=_baselines,
        answer=list[BaselineNews],
        body=dict[str, str],
        body_media=MSGPACK,
        body_limit=ASKED_BODY,
        tag="internal",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/internal/commands",
        summary="Effects that people decided for a node and that it has not carried out.",
        handle=lambda call: serve_fleet.orders_for(call.app, call.who, _needed(call, "node")),
        answer=list[Effect],
        parameters=(Parameter("node", "The node's id.", longest=LONGEST_NAME, required=True),),
        tag="internal",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/internal/scans/take",
        summary="The next image to scan, leased for a minute; 204 if none waits.",
        handle=_take,
        answer=ScanRequest,
        parameters=(
            Parameter("worker", "Who takes it.", longest=LONGEST_NAME, required=True),
            Parameter("node", "Only what can be read on this node."),
            Parameter("registries", "`no`: nothing that lies in a registry.", choices=("yes", "no")),
        ),
        tag="internal",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/internal/scans/renew",
        summary="Hold an image for another minute, and tell how far its scan is; 404 if the worker holds it no more.",
        handle=lambda call: _held(serve_fleet.renew_scan(call.app, call.who, _renewal(call))),
        answer=Renewal,
        body=Renewal,
        body_media=MSGPACK,
        tag="internal",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/internal/scans/put-back",
        summary="Give an image back that is not scanned after all; 404 if the worker did not hold it.",
        handle=lambda call: _held(serve_fleet.put_back_scan(call.app, call.who, _renewal(call))),
        answer=Renewal,
        body=Renewal,
        body_media=MSGPACK,
        tag="internal",
    ),
)
