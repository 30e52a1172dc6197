"""The application as a caller sees it whose rights hold for a part: a store that shows and takes only what is in it.

Every use case is handed this instead of the whole, so that none can forget to ask. What is not named here is refused: a list
that somebody adds to the store later is hidden from such callers until it is said here how it is divided.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from periderm.app.application import Application
from periderm.app.last_words import last_words
from periderm.app.scoped_history import ScopedHistory
from periderm.app.scoped_writes import ScopedWrites
from periderm.model.alert import Alert
from periderm.model.asset import Asset, Container
from periderm.model.baseline import Baseline
from periderm.model.build import Verdict
from periderm.model.effect import EffectRecord
from periderm.model.envelope import Heartbeat
from periderm.model.errors import DeniedError
from periderm.model.exception import Exemption
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap
from periderm.model.handling import Handling
from periderm.model.image import ImageInventory
from periderm.model.incident import Incident
from periderm.model.places import ImageState
from periderm.model.policy import Policy
from periderm.model.principal import Permission, Principal, Reach
from periderm.model.query import Page, Query, every
from periderm.model.queue import ScanJob
from periderm.model.session import AnnouncedSession
from periderm.model.transfer import Carried
from periderm.model.usage import FilesInUse
from periderm.model.watching import RegistryTag

if TYPE_CHECKING:
    from periderm.ports.store import Store

MOST_NAMES = 5_000  # of containers and images, to hold patterns of policies and exceptions against

# Pages that `Query.within` divides.
PAGES = frozenset(
    {"assets", "findings", "alerts", "incidents", "effects", "gaps", "handlings", "scan_results", "scan_jobs", "images"}
    | {"packages", "vulnerabilities", "baselines", "alert_days", "incident_days", "false_alerts", "incident_outlines"}
    | {"container_outlines", "images_with_findings", "inventoried"}
)
# What names no asset or image, or is asked about oneself: the use cases check who asks.
OPEN = frozenset(
    {"transaction", "look", "changes", "selftests", "put_audit", "account", "put_account", "groups", "session", "sessions"}
    | {
        "see_session",
        "change_session",
        "end_session",
        "end_sessions",
        "put_token",
        "token",
        "tokens",
        "use_token",
        "remove_token",
    }
    | {"assets_covered", "digests_covered", "nodes_covered", "subjects_covered", "told_of"}
    | {"put_view", "remove_view", "view", "views"}
)


def scoped(app: Application, who: Principal) -> Application:
    """The application for this caller: itself, unless the rights hold for a part only."""
    if not who.limited:
        return app
    store = ScopedStore(app.store, who)
    history = ScopedHistory(app.history, store.subjects) if app.history is not None else None
    # It has all that the port names, the refused ones through `__getattr__`, which no type checker sees.
    return msgspec.structs.replace(app, store=cast("Store", store), history=history)


class ScopedStore(ScopedWrites):
    """`ports.store.Store` for one caller. What is not theirs is not there; what they may not change raises DeniedError."""

    def __init__(self, store: Store, who: Principal) -> None:
        super().__init__(store, who)
        self._reaches: tuple[Reach, ...] | None = who.within(Permission.READ)

    def __getattr__(self, name: str) -> Any:
        """Pages are restricted; what is open passes; all else is refused."""
        if name in OPEN:
            return getattr(self._store, name)
        if name in PAGES:
            return self._paged(name)
        if name.startswith("_"):
            raise AttributeError(name)
        raise self._undivided()

    def _undivided(self) -> DeniedError:
        return DeniedError(
            f"{self._who.name} may see a part only, and this is not divided into parts.",
            "Ask someone whose rights hold everywhere.",
        )

    def _paged(self, name: str) -> Any:
        whole = getattr(self._store, name)
        if self._reaches is None:
            return whole

        def part(query: Query, **more: object) -> Page[Any]:
            found: Page[Any] = whole(msgspec.structs.replace(query, within=self._reaches), **more)
            return found

        return part

    def _sees(self, *asset_ids: str) -> bool:
        if self._reaches is None:
            return True
        return bool(self._store.assets_covered(self._reaches, [a for a in asset_ids if a]))

    def _image(self, digest: str) -> bool:
        return self._reaches is None or bool(self._store.digests_covered(self._reaches, [digest]))

    def subjects(self) -> tuple[Sequence[str], bool] | None:
        """Assets whose events may be seen, and whether they are not all that there are; None for everything."""
        if self._reaches is None:
            return None
        found, more = self._store.subjects_covered(self._reaches, MOST_NAMES)
        return list(found), more

    # -- what is looked up by its id

    def asset(self, asset_id: str) -> Asset | None:
        """None for what is not theirs."""
        return self._store.asset(asset_id) if self._sees(asset_id) else None

    def finding(self, finding_id: str) -> Finding | None:
        """By its asset, or the image that it is in."""
        found = self._store.finding(finding_id)
        if found is None or self._sees(found.asset_id):
            return found
        image = self._store.images_of([finding_id]).get(finding_id)
        return found if image is not None and self._image(image.digest) else None

    def alert(self, alert_id: str) -> Alert | None:
        """By its asset."""
        found = self._store.alert(alert_id)
        return found if found is not None and self._sees(found.asset_id) else None

    def incident(self, incident_id: str) -> Incident | None:
        """By its asset."""
        found = self._store.incident(incident_id)
        return found if found is not None and self._sees(found.asset_id) else None

    def open_incidents(self, asset_id: str) -> Sequence[Incident]:
        """None of an asset that is not theirs."""
        return self._store.open_incidents(asset_id) if self._sees(asset_id) else ()

    def effect(self, effect_id: str) -> EffectRecord | None:
        """By its asset."""
        found = self._store.effect(effect_id)
        return found if found is not None and self._sees(found.effect.asset_id) else None

    def effect_history(self, effect_id: str) -> Sequence[EffectRecord]:
        """Of what is theirs."""
        return self._store.effect_history(effect_id) if self.effect(effect_id) is not None else ()

    def gap(self, gap_id: str) -> CoverageGap | None:
        """By its asset."""
        found = self._store.gap(gap_id)
        return found if found is not None and self._sees(found.asset_id) else None

    def handling(self, handling_id: str) -> Handling | None:
        """By its asset."""
        found = self._store.handling(handling_id)
        return found if found is not None and self._sees(found.asset_id) else None

    def handlings_of(self, handling_ids: Iterable[str]) -> dict[str, Handling]:
        """Those of their assets."""
        return {k: h for k, h in self._store.handlings_of(handling_ids).items() if self._sees(h.asset_id)}

    def baseline(self, workload_id: str) -> Baseline | None:
        """Of a workload of theirs."""
        return self._store.baseline(workload_id) if self._sees(workload_id) else None

    def baseline_digests(self, workload_ids: Sequence[str]) -> Mapping[str, str]:
        """Of workloads of theirs."""
        return self._store.baseline_digests([name for name in workload_ids if self._sees(name)])

    def names_like(self, field: str, beginning: str, most: int) -> Sequence[str]:
        """Names of what is theirs."""
        return self._store.names_like(field, beginning, most, self._reaches)

    # -- what is of an image

    def inventory(self, image_digest: str) -> ImageInventory | None:
        """Of an image that runs in their part."""
        return self._store.inventory(image_digest) if self._image(image_digest) else None

    def files_in_use(self, image_digest: str) -> FilesInUse | None:
        """Of an image that runs in their part: over all nodes, whoever used them."""
        return self._store.files_in_use(image_digest) if self._image(image_digest) else None

    def verdicts(self, image_digest: str) -> Sequence[Verdict]:
        """Of an image that runs in their part."""
        return self._store.verdicts(image_digest) if self._image(image_digest) else ()

    def carried(self, image_digest: str) -> Carried | None:
        """Of an image that runs in their part."""
        return self._store.carried(image_digest) if self._image(image_digest) else None

    def scan_job(self, image_digest: str) -> ScanJob | None:
        """Of an image that runs in their part."""
        return self._store.scan_job(image_digest) if self._image(image_digest) else None

    def tags(self, query: Query) -> Page[RegistryTag]:
        """Of one image that runs in their part; a registry's tags are not divided."""
        if self._reaches is not None and not (query.image_digest and self._image(query.image_digest)):
            raise self._undivided()
        return self._store.tags(query)

    def digests_of(self, image_digest: str) -> Sequence[str]:
        """Of an image that runs in their part."""
        return self._store.digests_of(image_digest) if self._image(image_digest) else (image_digest,)

    def images_named(self, digest: str) -> Sequence[str]:
        """Those that run in their part."""
        found = [name for name in self._store.images_named(digest) if self._image(name)]
        return found or [digest]

    def images_of(self, finding_ids: Sequence[str]) -> Mapping[str, ImageState]:
        """Those that run in their part."""
        found = self._store.images_of(finding_ids)
        if self._reaches is None:
            return found
        seen = self._store.digests_covered(self._reaches, {image.digest for image in found.values()})
        return {name: image for name, image in found.items() if image.digest in seen}

    # -- what is about many

    def heartbeats(self) -> Sequence[Heartbeat]:
        """Of nodes on which something of theirs is, and that were not shown out."""
        beats = last_words(self._store)
        if self._reaches is None:
            return beats
        nodes = self._store.nodes_covered(self._reaches)
        return [beat for beat in beats if beat.node_id in nodes]

    def policies(self) -> Sequence[Policy]:
        """All: what one of them forbids is forbidden to whoever cannot see it, too. `app.policies` lists fewer."""
        return self._store.policies()

    def exemptions(self) -> Sequence[Exemption]:
        """Those that can concern what is theirs."""
        return [each for each in self._store.exemptions() if self._reaches is None or self._concerns(each)]

    def announcements(self, now: int) -> Sequence[AnnouncedSession]:
        """Those of containers of theirs, and their own."""
        every = self._store.announcements(now)
        if self._reaches is None:
            return every
        names = [container.name for container in self._containers()]
        return [s for s in every if s.author == self._who.name or fnmatch.filter(names, s.container)]

    def announcement(self, session_id: str) -> AnnouncedSession | None:
        """The same of one."""
        return next((s for s in self.announcements(0) if s.id == session_id), None)

    def policies_concerning(self) -> Sequence[Policy]:
        """Those that can hold for something of theirs."""
        if self._reaches is None:
            return self._store.policies()
        subjects = list(self._containers())
        names = [s.name for s in subjects] + [s.workload_id for s in subjects]
        workloads = (a.name for a in self._all("workload"))
        known = [*names, *workloads]
        return [p for p in self._store.policies() if p.workload == "*" or fnmatch.filter(known, p.workload)]

    def _concerns(self, exemption: Exemption) -> bool:
        scope = exemption.scope
        if exemption.created_by == self._who.name or not (scope.images or scope.digests or scope.assets):
            return True
        if scope.digests and any(self._image(digest) for digest in scope.digests):
            return True
        if scope.assets and self._sees(*scope.assets):
            return True
        images = self.images(Query(limit=1000)).items if scope.images else ()
        names = [name for image in images for name in (image.name, *image.references)]
        bare = [name.rpartition(":")[0] or name for name in names]
        return any(fnmatch.filter([*names, *bare], pattern) for pattern in scope.images)

    def _containers(self) -> Iterator[Container]:
        return (asset for asset in self._all("container") if isinstance(asset, Container))

    def _all(self, kind: str) -> Iterator[Asset]:
        return every(self.assets, Query(kind=kind, limit=1000), MOST_NAMES)
