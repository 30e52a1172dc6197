"""What agents and scan workers ask of the server: policies, inventories, orders, images to scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

import msgspec

from periderm.app.application import Application, require
from periderm.correlate.coverage import scan_gap
from periderm.flow.belonging import runs
from periderm.flow.queue import LEASE_NS, MOST_DEATHS, SENDING_NS, bury
from periderm.model.asset import Container
from periderm.model.baseline_news import BaselineNews, without_alerts
from periderm.model.effect import Effect, EffectState
from periderm.model.envelope import ScanRequest
from periderm.model.errors import DeniedError, LimitError
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.queue import Renewal
from periderm.model.session import AnnouncedSession
from periderm.ports.store import Store

LEASE_SECONDS = LEASE_NS // 10**9
MOST_TOLD = 1_000_000
# (node, workload) of services that the node has told of: that does not change, and is asked for every few seconds.
_told: WeakKeyDictionary[Store, set[tuple[str, str]]] = WeakKeyDictionary()
MOST_BASELINES = 2_000  # workloads of one node


def policies_in_force(app: Application, who: Principal) -> Sequence[Policy]:
    """All policies, highest priority first."""
    require(who, Permission.INGEST)
    return app.store.policies()


def sessions_in_force(app: Application, who: Principal) -> Sequence[AnnouncedSession]:
    """Sessions that operators announced and that are not over."""
    require(who, Permission.INGEST)
    return app.store.announcements(app.clock.now())


def inventory_of(app: Application, who: Principal, image_digest: str) -> ImageInventory | None:
    """What a scan found in the image; None as long as it was not scanned, and for a node that runs nothing of it."""
    require(who, Permission.INGEST)
    if who.node_id and not runs(app.store, who.node_id, image_digest=image_digest):
        return None
    return app.store.inventory(image_digest)


def baseline_news(app: Application, who: Principal, known: Mapping[str, str]) -> Sequence[BaselineNews]:
    """What is new of the baselines of these workloads since the versions that the node has."""
    require(who, Permission.INGEST)
    if len(known) > MOST_BASELINES:
        raise LimitError(f"{len(known)} workloads in one request, at most {MOST_BASELINES} are answered.", "Ask for fewer.")
    if who.node_id:
        known = {workload: version for workload, version in known.items() if _learns(app, who.node_id, workload)}
    return [_for_nodes(news) for news in app.store.baseline_news(known)]


def _learns(app: Application, node_id: str, workload: str) -> bool:
    """A workload that runs on the node, the node itself, a container of it that is of no workload, or a service of machines
    that this one has watched."""
    if workload == node_id or runs(app.store, node_id, workload_id=workload):
        return True
    asset = app.store.asset(workload)
    if isinstance(asset, Container):
        return asset.node_id == node_id
    told = _told.setdefault(app.store, set())
    if (node_id, workload) not in told:
        baseline = app.store.baseline(workload)
        if baseline is None or node_id not in baseline.observed:
            return False
        if len(told) < MOST_TOLD:
            told.add((node_id, workload))
    return True


def own_node(who: Principal, node_id: str) -> str:
    """The node that is asked for. Raises DeniedError if the caller speaks for another."""
    if who.node_id and node_id not in ("", who.node_id):
        raise DeniedError("A machine asks only for itself.", "Ask with the id of this machine, or with none.")
    return who.node_id or node_id


def _worker(who: Principal, worker: str) -> str:
    """A worker's name, so that no node can mean another's."""
    return f"{who.node_id}/{worker}" if who.node_id else worker


def _for_nodes(news: BaselineNews) -> BaselineNews:
    decisions = tuple(without_alerts(decision) for decision in news.baseline.decisions)
    return msgspec.structs.replace(news, baseline=msgspec.structs.replace(news.baseline, decisions=decisions))


def orders_for(app: Application, who: Principal, node_id: str) -> Sequence[Effect]:
    """Effects that people decided for this node and that it has not carried out, oldest first. Raises DeniedError for a node
    that asks for another's."""
    require(who, Permission.INGEST)
    node_id = own_node(who, node_id)
    page = app.store.effects(Query(node_id=node_id, state=EffectState.ORDERED.value, limit=100))
    records = sorted(page.items, key=lambda r: r.time)
    return [r.effect for r in records if r.effect.node_id == node_id and r.state is EffectState.ORDERED]


def take_scan(
    app: Application, who: Principal, worker: str, *, node_id: str = "", registries: bool = True
) -> ScanRequest | None:
    """The next image to scan, this worker's for a minute unless it renews that; None if none waits. What has cost too many
    workers is given up first. A node's worker gets only what lies on that node."""
    require(who, Permission.INGEST)
    now = app.clock.now()
    give_up_lost(app, who)
    node_id, registries = own_node(who, node_id), registries and not who.node_id
    worker = _worker(who, worker)
    return app.store.take_scan(worker, now + LEASE_NS, now, node_id=node_id, registries=registries, most_deaths=MOST_DEATHS)


def renew_scan(app: Application, who: Principal, told: Renewal) -> bool:
    """Whether the worker still holds the image; then it is its own for another minute, or for five if its result is on its
    way."""
    require(who, Permission.INGEST)
    until = app.clock.now() + (SENDING_NS if told.sending else LEASE_NS)
    return app.store.renew_scan(told.image_digest, _worker(who, told.worker), until, doing=told.doing[:500], done=told.done)


def put_back_scan(app: Application, who: Principal, told: Renewal) -> bool:
    """The worker does not scan it after all; False if it did not hold it."""
    require(who, Permission.INGEST)
    return app.store.put_back_scan(told.image_digest, worker=_worker(who, told.worker))


def give_up_lost(app: Application, who: Principal) -> None:
    """Says of images that have cost too many workers that they were not examined."""
    require(who, Permission.INGEST)
    now = app.clock.now()
    if not app.store.lost_scans(now):
        return
    with app.store.transaction():
        for result in bury(app.store, now):
            state = app.store.images(Query(image_digest=result.image_digest, limit=1)).items
            asset_id = state[0].asset_id if state else ""
            gap = scan_gap(asset_id, state[0].name, result) if asset_id else None
            if gap is not None:
                app.store.put_gaps([gap])
