"""Asks for an image to be scanned again, though nothing is known to have changed: it waits in the queue as a new one does."""

from __future__ import annotations

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.images import image_state, running_containers
from periderm.app.scan_image import KINDS
from periderm.model.asset import Image
from periderm.model.envelope import ScanRequest
from periderm.model.errors import UsageError
from periderm.model.places import ImageState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.queue import Asked


def scan_again(app: Application, who: Principal, name: str) -> ImageState:
    """Puts the image in the queue, unless it waits there already. `name` is its digest or its asset's id. What the last
    scan found stays until the new one ends. Raises NotFoundError, UsageError where nobody knows how to open it."""
    require(who, Permission.RESPOND)
    state = image_state(app, name)
    asset = app.store.asset(state.asset_id) if state.asset_id else None
    source = _source(app, state.digest)
    request = ScanRequest(
        image_digest=state.digest,
        source=source,
        reference=state.name or state.digest,
        node_id=asset.node_id if isinstance(asset, Image) and not source.startswith("registry:") else "",
        requested=app.clock.now(),
        asked=Asked.PERSON,
        asked_by=who.name,
        credentials=_credentials(app, source),
    )
    with app.store.transaction():
        app.store.put_scan_request(request, again=True)
        note(app, who, "scan.ask", state.digest, request.reference)
    return image_state(app, state.digest)


def _credentials(app: Application, source: str) -> str:
    """Where those for a watched registry lie."""
    if not source.startswith("registry:"):
        return ""
    for watch, _ in app.store.registries():
        if source.startswith(f"registry:{watch.registry}/"):
            return watch.credentials
    return ""


def _source(app: Application, digest: str) -> str:
    """As its waiting scan would open it, as it was opened the last time, or by the runtime of a container that runs it."""
    waiting = app.store.scan_job(digest)
    if waiting is not None and waiting.source:
        return waiting.source
    inventory = app.store.inventory(digest)
    known = inventory.source if inventory is not None else ""
    if known.partition(":")[0] in KINDS and ":" in known:
        return known
    for container in running_containers(app, [digest]):
        kind = "podman" if container.runtime == "cri-o" else container.runtime
        if kind in KINDS:
            return f"{kind}:{digest}"
    for tag in app.store.tags(Query(image_digest=digest, state="there", limit=1)).items:
        return f"registry:{tag.registry}/{tag.repository}:{tag.tag}@{tag.images[0].manifest}"
    raise UsageError("Nobody here knows where this image lies.", "Scan it by hand: `periderm scan image podman:NAME --store`.")
