"""What a caller whose rights hold for a part may change: only what is wholly within it. Reading is in `app.scoped`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from periderm.model.baseline import Baseline
from periderm.model.effect import EffectRecord
from periderm.model.envelope import ScanRequest
from periderm.model.errors import DeniedError
from periderm.model.exception import Exemption
from periderm.model.handling import Handling
from periderm.model.incident import Incident
from periderm.model.policy import Policy
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.session import AnnouncedSession

if TYPE_CHECKING:
    from periderm.ports.store import Store

_PATTERN = frozenset("*?[")


class ScopedWrites:
    """The writing half of `app.scoped.ScopedStore`. Each raises DeniedError for what reaches beyond the caller's part."""

    def __init__(self, store: Store, who: Principal) -> None:
        self._store = store
        self._who = who

    def put_effect(self, record: EffectRecord) -> None:
        """A response to what is theirs to respond to."""
        self._need(Permission.RESPOND, [record.effect.asset_id])
        self._store.put_effect(record)

    def put_incident(self, incident: Incident) -> None:
        """Where they are with an incident of theirs."""
        self._need(Permission.RESPOND, [incident.asset_id])
        self._store.put_incident(incident)

    def put_handling(self, handling: Handling) -> None:
        """Where they are with what is theirs."""
        self._need(Permission.RESPOND, [handling.asset_id])
        self._store.put_handling(handling)

    def put_announcement(self, session: AnnouncedSession) -> None:
        """For a container that is named whole, and whose name only containers of theirs have."""
        whole = not _PATTERN & set(session.container)
        page = self._store.assets(Query(kind="container", text=session.container[:500], limit=1000)) if whole else None
        same = [a.id for a in page.items if a.name == session.container] if page is not None and not page.next_cursor else []
        self._need(Permission.RESPOND, same)
        self._store.put_announcement(session)

    def put_scan_request(self, request: ScanRequest, *, again: bool = False) -> bool:
        """For an image that runs in their part."""
        self._need_image(request.image_digest)
        return self._store.put_scan_request(request, again=again)

    def retry_scan(self, image_digest: str, asked_by: str) -> bool:
        """For an image that runs in their part."""
        self._need_image(image_digest)
        return self._store.retry_scan(image_digest, asked_by)

    def put_baselines(self, baselines: Iterable[Baseline]) -> Sequence[str]:
        """Decisions about workloads of theirs."""
        given = list(baselines)
        self._need(Permission.POLICY, [baseline.workload_id for baseline in given])
        return self._store.put_baselines(given)

    def replace_baseline(self, baseline: Baseline) -> None:
        """Of a workload of theirs."""
        self._need(Permission.POLICY, [baseline.workload_id])
        self._store.replace_baseline(baseline)

    def remove_baseline(self, workload_id: str) -> bool:
        """Of a workload of theirs."""
        self._need(Permission.POLICY, [workload_id])
        return self._store.remove_baseline(workload_id)

    def put_exemption(self, exemption: Exemption) -> None:
        """One that names assets of theirs by their ids: an image or a vulnerability is also others'."""
        self._need(Permission.POLICY, exemption.scope.assets)
        old = next((e for e in self._store.exemptions() if e.id == exemption.id), None)
        if old is not None:
            self._need(Permission.POLICY, old.scope.assets)
        self._store.put_exemption(exemption)

    def remove_exemption(self, exemption_id: str) -> None:
        """The same."""
        old = next((e for e in self._store.exemptions() if e.id == exemption_id), None)
        self._need(Permission.POLICY, old.scope.assets if old is not None else ())
        self._store.remove_exemption(exemption_id)

    def put_policy(self, policy: Policy) -> None:
        """One whose labels are those of their part, so that it holds for nothing else."""
        old = next((p for p in self._store.policies() if p.id == policy.id), None)
        if not self._confined(policy) or (old is not None and not self._confined(old)):
            raise self._beyond()
        self._store.put_policy(policy)

    def remove_policy(self, policy_id: str) -> None:
        """The same."""
        old = next((p for p in self._store.policies() if p.id == policy_id), None)
        if old is None or not self._confined(old):
            raise self._beyond()
        self._store.remove_policy(policy_id)

    def _confined(self, policy: Policy) -> bool:
        within = self._who.within(Permission.POLICY)
        if within is None:
            return True
        by_labels = [reach for reach in within if not reach.application and not reach.environment]
        return any(set(reach.labels) <= set(policy.labels.items()) for reach in by_labels)

    def _need(self, permission: Permission, asset_ids: Iterable[str]) -> None:
        """Raises DeniedError unless all of them, and at least one, are in the part for which the permission holds."""
        within, wanted = self._who.within(permission), set(asset_ids)
        if within is None and self._who.may(permission):
            return
        if not wanted or not within or wanted - self._store.assets_covered(within, wanted):
            raise self._beyond()

    def _need_image(self, digest: str) -> None:
        within = self._who.within(Permission.RESPOND)
        if within is not None and digest not in self._store.digests_covered(within, [digest]):
            raise self._beyond()

    def _beyond(self) -> DeniedError:
        return DeniedError(
            f"{self._who.name} may do this for a part only, and it reaches beyond that.",
            "Name what is yours, or ask someone whose rights hold everywhere.",
        )
