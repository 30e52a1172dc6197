"""What of a node's records is its own: only that is stored. A node says of itself what it likes; of others it says nothing, so
that whoever takes one over, or steals its identity, changes nothing of another's. What is refused is counted and told.

What several nodes share (an image, a workload) is its own as far as it runs a container of it, as it says itself: whoever has
the node can say that of anything, and the container that he claims then stands in everybody's list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import assert_never

import msgspec

from periderm.engines.runtime.response import holding_policy
from periderm.model.alert import Alert
from periderm.model.asset import Asset, Container, Image, Node, Process, User, Workload
from periderm.model.baseline import Baseline
from periderm.model.effect import EffectRecord
from periderm.model.envelope import Heartbeat, Record, ScanRequest, ScanResult, SeenEvents
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.identity import container_id, image_id, process_id, workload_id
from periderm.model.incident import Incident
from periderm.model.policy import Policy
from periderm.model.query import Query
from periderm.model.queue import Asked
from periderm.model.usage import FilesInUse
from periderm.ports.store import Store

_ROLES = ("agent", "worker")
_SOURCES = (
    "podman:",
    "docker:",
    "containerd:",
)  # of a node's own runtimes: no registry, no path of the server
_MOST_REPLICAS = 20
SERVICE = "service"


class Belonging:
    """Of one node, for one batch: containers that the batch itself brings count."""

    def __init__(self, store: Store, node_id: str) -> None:
        self._store = store
        self._node = node_id
        self._new: dict[str, Container] = {}
        self._workloads = {node_id}
        self._images: set[str] = set()
        self._alerts: dict[str, Alert] = {}  # stored, of the envelope that is looked at
        self._runs: dict[str, bool] = {}
        self.refused: Counter[str] = Counter()

    def own(self, records: Sequence[Record]) -> list[Record]:
        """Those that are, some of them without what they say of others; `refused` counts the rest by kind."""
        kept: list[Record] = []
        for container in (r for r in records if isinstance(r, Container) and self._is_container(r)):
            self._new[container.id] = container
            self._workloads.add(container.workload_id)
            self._images.add(container.image_digest)
        self._runs.clear()
        self._alerts = dict(self._store.alerts_by_id({r.id for r in records if isinstance(r, Alert)}))
        for record in records:
            own = self._own(record)
            if own is None:
                self.refused[type(record).__name__.lower()] += 1
            else:
                kept.append(own)
        return kept

    def _own(self, record: Record) -> Record | None:  # noqa: PLR0911  # one line for each kind of record
        match record:
            case Node() | Image() | Container() | Workload() | Process() | User():
                return self._asset(record)
            case Alert():
                return self._alert(record)
            case EffectRecord():
                return self._effect(record)
            case CoverageGap():
                return self._gap(record)
            case Heartbeat():
                return record if record.node_id == self._node and record.role in _ROLES else None
            case ScanRequest():
                return self._request(record)
            case ScanResult():
                return self._result(record)
            case FilesInUse():
                return record if record.node_id == self._node and self._runs_image(record.image_digest) else None
            case Baseline():
                return self._baseline(record)
            case Finding() | Incident() | Policy() | SeenEvents():  # events come by a way of their own: `gathering`
                return None
            case _:
                assert_never(record)

    def _asset(self, asset: Asset) -> Asset | None:  # noqa: PLR0911  # one line for each kind of asset
        stored = self._store.asset(asset.id)
        if stored is not None and type(stored) is not type(asset):
            return None
        if isinstance(asset, Node):
            return asset if asset.id == self._node else None
        if isinstance(asset, Workload):
            return self._workload(asset, stored)
        if asset.node_id != self._node:
            return None
        if isinstance(asset, Image):
            return _unchanged(asset, stored, self._node) if asset.id == image_id(asset.digest) else None
        if isinstance(asset, Container):
            return asset if self._is_container(asset) else None
        if isinstance(asset, Process):
            return asset if asset.id == process_id(self._node, asset.key) else None
        return asset if not isinstance(stored, User) or stored.node_id == self._node else None

    def _is_container(self, container: Container) -> bool:
        return container.node_id == self._node and container.id == container_id(self._node, container.container_id)

    def _workload(self, workload: Workload, stored: Asset | None) -> Workload | None:
        known = workload.id == workload_id(workload.kind, workload.namespace, workload.name)
        if not known or not self._runs_workload(workload.id):
            return None
        query = Query(kind="container", workload_id=workload.id, limit=_MOST_REPLICAS)
        others = any(isinstance(c, Container) and c.node_id != self._node for c in self._store.assets(query).items)
        # Who answers for what others run too is not changed by one of them.
        return (
            msgspec.structs.replace(stored, last_seen=workload.last_seen)
            if isinstance(stored, Workload) and others
            else workload
        )

    def _alert(self, alert: Alert) -> Alert | None:
        if alert.node_id != self._node or not self._is_asset(alert.asset_id, alert.container_id):
            return None
        stored = self._alerts.get(alert.id)
        if stored is not None and stored.node_id != self._node:
            return None
        service = workload_id(SERVICE, "", alert.evidence.get("service", ""))
        known = alert.workload_id in ("", service) or self._runs_workload(alert.workload_id)
        return alert if known else msgspec.structs.replace(alert, workload_id="")

    def _effect(self, record: EffectRecord) -> EffectRecord | None:
        effect = record.effect
        if effect.node_id != self._node or not self._is_mine(effect.asset_id):
            return None
        stored = self._store.effect(effect.id)
        if stored is not None:
            # What was ordered is told by the order; the node tells what became of it.
            mine = stored.effect.node_id == self._node
            return msgspec.structs.replace(record, effect=stored.effect) if mine else None
        alert = self._store.alert(effect.alert_id) if effect.alert_id else None
        if alert is not None and alert.node_id != self._node:
            return None
        return msgspec.structs.replace(record, effect=msgspec.structs.replace(effect, incident_id=""))

    def _gap(self, gap: CoverageGap) -> CoverageGap | None:
        if not self._is_mine(gap.asset_id):
            return None
        stored = self._store.gap(gap.id)
        if stored is not None and stored.asset_id != gap.asset_id:
            return None
        if gap.kind is GapKind.ENFORCING_ENDED and not self._held_by(gap.asset_id, gap.detail):
            return None
        return gap

    def _held_by(self, asset_id: str, policy_id: str) -> bool:
        """Whether a policy holds for an asset: only then the node may say that it hurt there."""
        asset = self._new.get(asset_id) or self._store.asset(asset_id)
        if not isinstance(asset, Container | Node):
            return False
        return holding_policy(asset, tuple(self._store.policies())).id == policy_id

    def _request(self, request: ScanRequest) -> ScanRequest | None:
        """A credential that a request names is read on the server: a node names none. It asks for what it has."""
        own = request.node_id == self._node and request.source.startswith(_SOURCES) and not request.credentials
        return request if own and request.asked in (Asked.RUNNING, Asked.UNUSED) else None

    def _result(self, result: ScanResult) -> ScanResult | None:
        identity = image_id(result.image_digest)
        whole = all(finding.asset_id == identity for finding in result.findings)
        inventory = result.inventory is None or result.inventory.digest == result.image_digest
        if result.node_id != self._node or not whole or not inventory:
            return None
        for before in self._store.scan_results(Query(image_digest=result.image_digest, limit=1)).items:
            if before.node_id != self._node and not before.failure:
                return None  # another node's word of what is in an image is not replaced by this one's
        return msgspec.structs.replace(result, worker=f"{self._node}/{result.worker}" if result.worker else "")

    def _baseline(self, baseline: Baseline) -> Baseline | None:
        kind, _, service = baseline.name.partition(":")
        # A service of machines is one workload, wherever it runs: every machine may have one.
        of_machine = kind == SERVICE and baseline.workload_id == workload_id(SERVICE, "", service)
        if not (of_machine or self._runs_workload(baseline.workload_id) or self._is_mine(baseline.workload_id)):
            return None
        observed = {node: seconds for node, seconds in baseline.observed.items() if node == self._node}
        return msgspec.structs.replace(baseline, observed=observed, decisions=())

    def _is_asset(self, asset_id: str, container: str) -> bool:
        return asset_id == (container_id(self._node, container) if container else self._node)

    def _is_mine(self, asset_id: str) -> bool:
        """The node, or a container or image of it."""
        if asset_id == self._node or asset_id in self._new:
            return True
        stored = self._store.asset(asset_id)
        return isinstance(stored, Container | Image | Process | User) and stored.node_id == self._node

    def _runs_workload(self, workload: str) -> bool:
        if workload in self._workloads:
            return True
        if workload not in self._runs:  # asked once for what comes together: many alerts are of one workload
            self._runs[workload] = runs(self._store, self._node, workload_id=workload)
        return self._runs[workload]

    def _runs_image(self, digest: str) -> bool:
        return digest in self._images or runs(self._store, self._node, image_digest=digest)


def _unchanged(image: Image, stored: Asset | None, node_id: str) -> Image:
    """What another node said of an image stays as it is."""
    if isinstance(stored, Image) and stored.node_id not in ("", node_id):
        return msgspec.structs.replace(stored, last_seen=image.last_seen)
    return image


def runs(store: Store, node_id: str, *, workload_id: str = "", image_digest: str = "") -> bool:
    """Whether a container of a workload or image is known on a node."""
    if not (workload_id or image_digest):
        return False
    query = Query(kind="container", node_id=node_id, workload_id=workload_id, image_digest=image_digest, limit=1)
    return bool(store.assets(query).items)
