"""The part of `/api/v1` about watched registries, the queue of scans, and what runs of an image. Parses and asks `app`."""

from __future__ import annotations

import msgspec

from periderm.app import queue, registries, registry_hooks, touched
from periderm.app.registries import Watched
from periderm.app.touched import Touched
from periderm.model.queue import JobState, QueueState, ScanJob
from periderm.model.watching import Hook, RegistryTag, Sender, WatchedRegistry
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1, listing, one

TEXT = f.COMMON[0]
WATCH = f.Parameter("kind", "Only of this watched registry.")
TAG_STATES = ("there", "passed", "gone")
ORDER = f.Parameter("order", "Newest first if empty; `severity`: as they will be taken.", "string", f.ORDERS)


class NewHook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a new webhook. `secret` names where the secret lies ('env:NAME', 'file:/PATH'), never itself."""

    sender: Sender
    secret: str


def _hook(call: Call) -> Hook:
    given: NewHook = decode_body(call, NewHook)
    return registry_hooks.add_hook(call.app, call.who, call.path["id"], given.sender, given.secret)


def _unhook(call: Call) -> Watched:
    sender = call.path["sender"]
    if sender in set(Sender):
        registry_hooks.remove_hook(call.app, call.who, call.path["id"], Sender(sender))
    return registries.show_registry(call.app, call.who, call.path["id"])


def _remove(call: Call) -> tuple[Watched, ...]:
    registries.remove_registry(call.app, call.who, call.path["id"])
    return tuple(registries.list_registries(call.app, call.who))


REGISTRIES: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/registries",
        summary="Watched registries, and how looking at them goes.",
        handle=lambda call: registries.list_registries(call.app, call.who),
        answer=tuple[Watched, ...],
        tag="registries",
    ),
    one("registries", "One watched registry.", Watched, registries.show_registry),
    Endpoint(
        method="POST",
        path=f"{V1}/registries",
        summary="Watch a registry, or change how; credentials are named by where they lie.",
        handle=lambda call: registries.add_registry(call.app, call.who, decode_body(call, WatchedRegistry)),
        answer=WatchedRegistry,
        body=WatchedRegistry,
        status=201,
        tag="registries",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/registries/{{id}}",
        summary="Watch a registry no more; results are kept. Answers those that are left.",
        handle=_remove,
        answer=tuple[Watched, ...],
        tag="registries",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/registries/{{id}}/look",
        summary="Look at a registry as soon as the server can.",
        handle=lambda call: registries.look_now(call.app, call.who, call.path["id"]),
        answer=Watched,
        status=202,
        tag="registries",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/registries/{{id}}/hooks",
        summary="Take webhooks of a sender for this registry.",
        handle=_hook,
        answer=Hook,
        body=NewHook,
        status=201,
        tag="registries",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/registries/{{id}}/hooks/{{sender}}",
        summary="Take webhooks of a sender no more.",
        handle=_unhook,
        answer=Watched,
        tag="registries",
    ),
    listing(
        "registry-tags",
        "Tags that were seen in watched registries, those that changed last first.",
        RegistryTag,
        registries.list_tags,
        WATCH,
        f.state(TAG_STATES),
        f.IMAGE,
        common=(TEXT, *f.PAGING),
    ),
    listing(
        "queue",
        "The queue of scans: what waits, is being scanned, is tried again later, or was given up.",
        ScanJob,
        queue.list_jobs,
        f.state(tuple(JobState)),
        f.IMAGE,
        common=(TEXT, ORDER, *f.PAGING),
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/queue/state",
        summary="How many jobs there are of each state.",
        handle=lambda call: queue.queue_state(call.app, call.who),
        answer=QueueState,
        tag="queue",
    ),
    one("queue", "The job of one image, by its digest.", ScanJob, queue.show_job),
    Endpoint(
        method="POST",
        path=f"{V1}/queue/{{id}}/retry",
        summary="Try an image again that failed or was given up.",
        handle=lambda call: queue.retry_job(call.app, call.who, call.path["id"]),
        answer=ScanJob,
        status=202,
        tag="queue",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/queue/{{id}}/cancel",
        summary="Take an image out of the queue; a scan that is under way ends.",
        handle=lambda call: queue.cancel_job(call.app, call.who, call.path["id"]),
        answer=ScanJob,
        tag="queue",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/images/{{id}}/running",
        summary="What runs of an image, by any of its digests: workloads, nodes, owners.",
        handle=lambda call: touched.touched_by_image(call.app, call.who, call.path["id"]),
        answer=Touched,
        tag="images",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/findings/{{id}}/running",
        summary="Which running workloads a finding touches.",
        handle=lambda call: touched.touched_by_finding(call.app, call.who, call.path["id"]),
        answer=Touched,
        tag="findings",
    ),
)
