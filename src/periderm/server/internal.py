"""The part of `/api/v1` that agents and scan workers use, with the service token."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app import receive, serve_fleet
from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, ScanRequest
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession
from periderm.server.endpoints import MSGPACK, Call, Endpoint
from periderm.server.filters import Parameter

V1 = "/api/v1"
INGEST_BODY = 64 * 1024 * 1024


class Taken(msgspec.Struct, frozen=True):
    """How many envelopes are durable now."""

    envelopes: int


def _needed(call: Call, name: str) -> str:
    value = call.query.get(name, "")
    if not 0 < len(value) <= 200:
        raise UsageError(f"`{name}` is missing or too long.", f"Add ?{name}=…")
    return value


def _inventory(call: Call) -> Any:
    inventory = serve_fleet.inventory_of(call.app, call.who, call.path["digest"])
    if inventory is None:
        raise NotFoundError("That image was not scanned yet.", "Ask again when its scan has ended.")
    return inventory


INTERNAL: tuple[Endpoint, ...] = (
    Endpoint(
        method="POST",
        path=f"{V1}/ingest",
        summary="Take envelopes; 202 means that all of them are on the medium.",
        handle=lambda call: Taken(receive.receive(call.app, call.who, call.body)),
        answer=Taken,
        body=list[Envelope],
        body_media=MSGPACK,
        status=202,
        body_limit=INGEST_BODY,
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
        method="GET",
        path=f"{V1}/internal/commands",
        summary="Effects that people decided for a node and that it has not carried out.",
        handle=lambda call: serve_fleet.orders_for(call.app, call.who, _needed(call, "node")),
        answer=list[Effect],
        parameters=(Parameter("node", "The node's id."),),
        tag="internal",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/internal/scans/take",
        summary="The next image to scan, leased for a quarter of an hour; 204 if none waits.",
        handle=lambda call: serve_fleet.take_scan(call.app, call.who, _needed(call, "worker")),
        answer=ScanRequest,
        parameters=(Parameter("worker", "Who takes it."),),
        tag="internal",
    ),
)
