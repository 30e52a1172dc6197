"""State that must outlive processes: assets, findings, alerts, incidents, effects, gaps, policies, scans, sessions.

All writes of one `transaction` are there together or not at all, and durable when it ends. All `put_*` are
idempotent: the same value again changes nothing (and makes no Change). Reading sees only finished transactions.
Raises StoreError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from periderm.model.alert import Alert
from periderm.model.asset import Asset, ContainerOutline
from periderm.model.build import Verdict
from periderm.model.effect import EffectRecord
from periderm.model.envelope import Heartbeat, ScanRequest, ScanResult
from periderm.model.exception import Exemption
from periderm.model.exercise import SelfTest
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap
from periderm.model.image import ImageInventory
from periderm.model.incident import Incident
from periderm.model.places import ImageState, PackagePlace, VulnerabilityPlaces
from periderm.model.policy import Policy
from periderm.model.query import Change, Page, Query
from periderm.model.queue import QueueState, ScanJob
from periderm.model.session import AnnouncedSession
from periderm.model.similar import IncidentOutline
from periderm.model.transfer import Carried, Transfer
from periderm.model.usage import FilesInUse
from periderm.model.watching import LookState, RegistryCall, RegistryTag, WatchedRegistry
from periderm.ports.accounts import AccountStore, SignedInStore
from periderm.ports.audit import AuditStore
from periderm.ports.baselines import BaselineStore
from periderm.ports.fleet import FleetStore
from periderm.ports.handlings import HandlingStore
from periderm.ports.notifications import NotificationStore
from periderm.ports.owner_tables import OwnerTableStore
from periderm.ports.reach import ReachStore
from periderm.ports.saved_views import SavedViewStore
from periderm.ports.tallies import TallyStore


class AssetStore(Protocol):
    """Assets by id. `first_seen` is kept from the first put, `last_seen` is the greatest; ownership that is not empty is
    never replaced by an empty one."""

    def put_assets(self, assets: Iterable[Asset]) -> None: ...
    def asset(self, asset_id: str) -> Asset | None: ...
    def assets(self, query: Query) -> Page[Asset]:
        """`query.kind` is the tag: 'node', 'image', 'container', 'workload', 'process', 'user'."""
        ...

    def container_outlines(self, query: Query) -> Page[ContainerOutline]:
        """As `assets` of the kind 'container', of each only what is asked of thousands at once."""
        ...


class FindingStore(Protocol):
    """Findings by id, and the inventories and scan results of images."""

    def put_scan_result(self, result: ScanResult, *, ends: bool = True) -> None:
        """Replaces the findings of that image: those that are gone are removed; keeps `first_seen` of those that stay. Ends
        its job, unless not `ends`. One that failed replaces nothing, adds what findings it has, and its job is given up."""
        ...

    def put_findings(self, findings: Iterable[Finding]) -> None: ...
    def finding(self, finding_id: str) -> Finding | None: ...
    def findings(self, query: Query) -> Page[Finding]:
        """`query.vulnerability` gives those of one vulnerability, the state 'running' those of images that a container runs."""
        ...

    def images_with_findings(self, query: Query, *, digests: Sequence[str] | None = None) -> Page[str]:
        """Of these images (None: of all) those that have findings of the kind, if one is named, at least so severe; sorted."""
        ...

    def inventoried(self, query: Query, *, digests: Sequence[str] | None = None) -> Page[str]:
        """Of these images (None: of all) those whose inventory is stored, sorted; nothing else of the query restricts."""
        ...

    def inventory(self, image_digest: str) -> ImageInventory | None: ...
    def scan_results(self, query: Query) -> Page[ScanResult]:
        """Newest first, `findings` and `inventory` left empty."""
        ...

    def inventory_digests(self) -> Sequence[str]:
        """Image digests of all stored inventories: what is matched again when advisories change."""
        ...

    def packages(self, query: Query) -> Page[PackagePlace]:
        """Packages of all stored inventories, by name, version, image. `query.text` is a part of the name or package
        URL ('=NAME' the whole name), `query.kind` the package type, `query.image_digest` one image."""
        ...

    def vulnerabilities(self, query: Query) -> Page[VulnerabilityPlaces]:
        """Vulnerabilities over all findings, greatest priority first. `query.text` is a part of an id, alias, package
        name; `query.severity_at_least`, `query.image_digest`, `query.vulnerability` (one id) restrict, and `query.state`:
        'exploited', 'fixed' (a fix exists), 'running' (a container runs it)."""
        ...

    def images(self, query: Query) -> Page[ImageState]:
        """Images that are known or were scanned, last seen first or, with the order 'severity', those with the most bad
        findings first. `query.state` is 'scanned', 'failed', 'unscanned', 'running'; `query.severity_at_least` has the
        worst."""
        ...

    def images_of(self, finding_ids: Sequence[str]) -> Mapping[str, ImageState]:
        """The image that each of these findings is in, by the finding's id; those in none (of a host) are left out."""
        ...


class QueueStore(Protocol):
    """The queue of scans: one job for each image, by its digest, held by at most one worker at a time."""

    def put_scan_request(self, request: ScanRequest, *, again: bool = False) -> bool:
        """False if this image already waits or is being scanned, or (unless `again`) was scanned or given up. While it waits, a
        more urgent request moves it ahead, and each node where it can be read is remembered."""
        ...

    def take_scan(
        self,
        worker: str,
        lease_until: int,
        now: int,
        *,
        node_id: str = "",
        registries: bool = True,
        most_deaths: int = 0,
    ) -> ScanRequest | None:
        """The most urgent and oldest request that nobody holds (or whose lease is over: a death more), now held by `worker`.
        With `node_id` only what that node can read; without `registries` nothing that lies in one; with `most_deaths`
        nothing that has cost so many workers."""
        ...

    def renew_scan(self, image_digest: str, worker: str, lease_until: int, *, doing: str = "", done: float = -1.0) -> bool:
        """False if `worker` does not hold it any more. Makes no Change."""
        ...

    def put_back_scan(self, image_digest: str, *, worker: str = "", not_before: int = 0, problem: str = "") -> bool:
        """It waits again, not before a time: with a `problem` as one that failed, else as if it had not been taken. False if it
        is not there, or held by another than `worker` (where one is named)."""
        ...

    def give_up_scan(self, image_digest: str, problem: str, *, deaths: int = -1) -> bool:
        """Nobody takes it until a person asks again. False if it is not in the queue."""
        ...

    def cancel_scan(self, image_digest: str) -> bool:
        """It leaves the queue; whoever holds it learns so when it renews. False if it was not there."""
        ...

    def retry_scan(self, image_digest: str, asked_by: str) -> bool:
        """One that failed or was given up waits again, with all its attempts. False if there is no such one."""
        ...

    def scan_job(self, image_digest: str) -> ScanJob | None: ...
    def scan_jobs(self, query: Query) -> Page[ScanJob]:
        """`query.state` is a JobState; the order 'severity' is the order in which they are taken."""
        ...

    def lost_scans(self, now: int) -> Sequence[ScanJob]:
        """Jobs whose lease is over."""
        ...

    def queue_state(self) -> QueueState: ...


class WatchStore(Protocol):
    """Watched registries by name, what was seen in them, and the digests that name an image."""

    def put_registry(self, watch: WatchedRegistry) -> None:
        """Stores or replaces; it is looked at soon."""
        ...

    def remove_registry(self, name: str) -> bool:
        """Its tags are forgotten, the results of its images kept. False if it was not watched."""
        ...

    def registry(self, name: str) -> WatchedRegistry | None: ...
    def registries(self) -> Sequence[tuple[WatchedRegistry, LookState]]:
        """By name."""
        ...

    def put_look(self, name: str, state: LookState) -> None: ...
    def put_tags(self, tags: Iterable[RegistryTag]) -> None:
        """Also makes their digests names of their images."""
        ...

    def tags(self, query: Query) -> Page[RegistryTag]:
        """Those that changed last first. `query.kind` is a watched registry, `query.state` 'there', 'passed' or 'gone',
        `query.image_digest` that of the first image."""
        ...

    def tags_of(self, name: str, repository: str = "") -> Sequence[RegistryTag]: ...
    def put_call(self, call: RegistryCall, most: int = 10_000) -> bool:
        """False if so many wait already; the same again is one."""
        ...

    def calls(self, now: int, limit: int = 1000) -> Sequence[RegistryCall]:
        """Those that are due, the oldest first."""
        ...

    def end_calls(self, calls: Iterable[RegistryCall]) -> None: ...
    def digests_of(self, image_digest: str) -> Sequence[str]:
        """By which an image is named: its own first, then those of manifests and indexes."""
        ...

    def images_named(self, digest: str) -> Sequence[str]:
        """The images that a digest names; the digest itself if nothing is known of it."""
        ...


class ExemptionStore(Protocol):
    """Exceptions that were made in the console, by id."""

    def put_exemption(self, exemption: Exemption) -> None: ...
    def remove_exemption(self, exemption_id: str) -> None: ...
    def exemptions(self) -> Sequence[Exemption]:
        """All, also the expired ones, by expiry."""
        ...


class UsageStore(Protocol):
    """Which files of an image were seen in use, over all nodes."""

    def put_files_in_use(self, use: FilesInUse) -> None:
        """Adds to what is known of that image (`model.usage.merge`)."""
        ...

    def files_in_use(self, image_digest: str) -> FilesInUse | None:
        """None if nobody has looked."""
        ...


class AlertStore(Protocol):
    """Alerts by id: a put of a known id keeps the greatest `count` and `last_time`, and a non-empty `incident_id`."""

    def put_alerts(self, alerts: Iterable[Alert]) -> None: ...
    def alert(self, alert_id: str) -> Alert | None: ...
    def alerts_by_id(self, alert_ids: Iterable[str]) -> Mapping[str, Alert]:
        """Those of these that are stored, for who has many of them in hand."""
        ...

    def alerts(self, query: Query) -> Page[Alert]: ...


class IncidentStore(Protocol):
    """Incidents by id; a put with a lower `revision` than the stored one raises StoreError, an equal one is ignored."""

    def put_incident(self, incident: Incident) -> None: ...
    def incident(self, incident_id: str) -> Incident | None: ...
    def incident_outlines(self, query: Query) -> Page[IncidentOutline]:
        """As `incidents`, of each only what it is compared by."""
        ...

    def incidents(self, query: Query) -> Page[Incident]: ...
    def open_incidents(self, asset_id: str) -> Sequence[Incident]:
        """Those of one asset that are new or acknowledged, newest `last_time` first."""
        ...


class EffectStore(Protocol):
    """The record with the latest `time` for an effect id is current; all are kept."""

    def put_effect(self, record: EffectRecord) -> None: ...
    def effect(self, effect_id: str) -> EffectRecord | None: ...
    def effect_history(self, effect_id: str) -> Sequence[EffectRecord]: ...
    def effects(self, query: Query) -> Page[EffectRecord]:
        """The current record of each; `query.state` is an EffectState."""
        ...


class GapStore(Protocol):
    """Coverage gaps by id: a put keeps the smallest `since`, the greatest `until` and `count`."""

    def put_gaps(self, gaps: Iterable[CoverageGap]) -> None: ...
    def close_gap(self, gap_id: str) -> None:
        """The gap no longer exists; it is removed."""
        ...

    def gap(self, gap_id: str) -> CoverageGap | None: ...
    def gaps(self, query: Query) -> Page[CoverageGap]: ...


class PolicyStore(Protocol):
    """Policies by id."""

    def put_policy(self, policy: Policy) -> None: ...
    def remove_policy(self, policy_id: str) -> None: ...
    def policies(self) -> Sequence[Policy]:
        """All, highest priority first, then by id."""
        ...


class AnnouncementStore(Protocol):
    """Interactive sessions that operators announced, by id."""

    def put_announcement(self, session: AnnouncedSession) -> None: ...
    def announcements(self, now: int) -> Sequence[AnnouncedSession]:
        """Those that are not over at this time, the earliest first; with 0 all that are kept."""
        ...

    def announcement(self, session_id: str) -> AnnouncedSession | None: ...


class SelfTestStore(Protocol):
    """Runs of the self-test, by id."""

    def put_selftest(self, run: SelfTest) -> None: ...
    def selftests(self, limit: int = 20) -> Sequence[SelfTest]:
        """The latest runs, newest first."""
        ...


class TransferStore(Protocol):
    """Verdicts of gates, where imported results came from, and the record of exports and imports."""

    def put_verdict(self, verdict: Verdict) -> None:
        """One for each image and network (`source`); an older one does not replace a newer."""
        ...

    def verdicts(self, image_digest: str) -> Sequence[Verdict]:
        """Of an image, the newest first."""
        ...

    def put_carried(self, carried: Carried) -> None: ...
    def carried(self, image_digest: str) -> Carried | None:
        """Where the stored result of an image came from; None if it was scanned here."""
        ...

    def remove_carried(self, image_digest: str) -> None: ...
    def put_transfer(self, transfer: Transfer) -> None:
        """A record that is there stays as it is."""
        ...

    def transfers(self, limit: int = 100) -> Sequence[Transfer]:
        """The latest, newest first."""
        ...

    def last_export(self, signer: str, source: str) -> int:
        """When the newest export of this signer and network that was imported here was made, 0 if none was."""
        ...


class Store(
    AssetStore,
    FindingStore,
    QueueStore,
    WatchStore,
    ExemptionStore,
    UsageStore,
    AlertStore,
    IncidentStore,
    EffectStore,
    GapStore,
    PolicyStore,
    AnnouncementStore,
    SelfTestStore,
    SignedInStore,
    AccountStore,
    ReachStore,
    TransferStore,
    BaselineStore,
    HandlingStore,
    OwnerTableStore,
    SavedViewStore,
    NotificationStore,
    AuditStore,
    FleetStore,
    TallyStore,
    Protocol,
):
    """The whole store."""

    def transaction(self) -> AbstractContextManager[None]:
        """Groups writes; they are durable when the block ends, gone when it raises. May be nested (the outer counts)."""
        ...

    def look(self) -> AbstractContextManager[None]:
        """What this thread reads in the block is of one state, up to its own next write. For many small questions at once, as a
        page asks them; not for waiting. May be nested (the outer counts)."""
        ...

    def seen(self, sender: str) -> int:
        """The highest envelope sequence taken from a sender, -1 if none."""
        ...

    def mark_seen(self, sender: str, sequence: int) -> None:
        """To be called in the transaction that stores the envelope's records."""
        ...

    def put_heartbeat(self, heartbeat: Heartbeat) -> None: ...
    def heartbeats(self) -> Sequence[Heartbeat]: ...
    def changes(self, after: int, limit: int = 1000) -> Sequence[Change]:
        """What changed after a sequence number, oldest first; a bounded tail is kept (at least the last 10,000)."""
        ...

    def close(self) -> None: ...
