"""What agents and scan workers ask of the server: policies, inventories, orders, images to scan."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.application import Application, require
from periderm.model.effect import Effect, EffectState
from periderm.model.envelope import ScanRequest
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.session import AnnouncedSession

LEASE_SECONDS = 15 * 60


def policies_in_force(app: Application, who: Principal) -> Sequence[Policy]:
    """All policies, highest priority first."""
    require(who, Permission.READ)
    return app.store.policies()


def sessions_in_force(app: Application, who: Principal) -> Sequence[AnnouncedSession]:
    """Sessions that operators announced and that are not over."""
    require(who, Permission.READ)
    return app.store.announcements(app.clock.now())


def inventory_of(app: Application, who: Principal, image_digest: str) -> ImageInventory | None:
    """What a scan found in the image; None as long as it was not scanned."""
    require(who, Permission.READ)
    return app.store.inventory(image_digest)


def orders_for(app: Application, who: Principal, node_id: str) -> Sequence[Effect]:
    """Effects that people decided for this node and that it has not carried out, oldest first."""
    require(who, Permission.INGEST)
    page = app.store.effects(Query(node_id=node_id, state=EffectState.ORDERED.value, limit=100))
    records = sorted(page.items, key=lambda r: r.time)
    return [r.effect for r in records if r.effect.node_id == node_id and r.state is EffectState.ORDERED]


def take_scan(app: Application, who: Principal, worker: str) -> ScanRequest | None:
    """The next image to scan, this worker's for a quarter of an hour; None if none waits."""
    require(who, Permission.INGEST)
    now = app.clock.now()
    return app.store.take_scan(worker, now + LEASE_SECONDS * 10**9, now)
