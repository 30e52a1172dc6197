"""Asks for an image to be scanned again, though nothing is known to have changed: it waits in the queue as a new one does."""

from __future__ import annotations

from periderm.app.application import Application, require
from periderm.app.images import image_state, running_containers
from periderm.app.scan_image import KINDS
from periderm.model.asset import Image
from periderm.model.envelope import ScanRequest
from periderm.model.errors import UsageError
from periderm.model.places import ImageState
from periderm.model.principal import Permission, Principal


def scan_again(app: Application, who: Principal, name: str) -> ImageState:
    """Puts the image in the queue, unless it waits there already. `name` is its digest or its asset's id. What the last
    scan found stays until the new one ends. Raises NotFoundError, UsageError where nobody knows how to open it."""
    require(who, Permission.RESPOND)
    state = image_state(app, name)
    asset = app.store.asset(state.asset_id) if state.asset_id else None
    request = ScanRequest(
        image_digest=state.digest,
        source=_source(app, state.digest),
        reference=state.name or state.digest,
        node_id=asset.node_id if isinstance(asset, Image) else "",
        requested=app.clock.now(),
    )
    with app.store.transaction():
        app.store.put_scan_request(request, again=True)
    return image_state(app, state.digest)


def _source(app: Application, digest: str) -> str:
    """How it was opened the last time, or by the runtime of a container that runs it."""
    inventory = app.store.inventory(digest)
    known = inventory.source if inventory is not None else ""
    if known.partition(":")[0] in KINDS and ":" in known:
        return known
    for container in running_containers(app, [digest]):
        kind = "podman" if container.runtime == "cri-o" else container.runtime
        if kind in KINDS:
            return f"{kind}:{digest}"
    raise UsageError("Nobody here knows where this image lies.", "Scan it by hand: `periderm scan image podman:NAME --store`.")
