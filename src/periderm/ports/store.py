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
from periderm.model.asset import Asset
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
from periderm.model.session import AnnouncedSession
from periderm.model.usage import FilesInUse


class AssetStore(Protocol):
    """Assets by id. `first_seen` is kept from the first put, `last_seen` is the greatest; ownership that is not empty is
    never replaced by an empty one."""

    def put_assets(self, assets: Iterable[Asset]) -> None: ...
    def asset(self, asset_id: str) -> Asset | None: ...
    def assets(self, query: Query) -> Page[Asset]:
        """`query.kind` is the tag: 'node', 'image', 'container', 'workload', 'process', 'user'."""
        ...


class FindingStore(Protocol):
    """Findings by id, and the inventory and scan state of images."""

    def put_scan_request(self, request: ScanRequest, *, again: bool = False) -> bool:
        """False if this image already waits, is being scanned, or was scanned (unless `again`)."""
        ...

    def take_scan(self, worker: str, lease_until: int, now: int) -> ScanRequest | None:
        """The oldest request that nobody holds (or whose lease is over), now held by `worker`."""
        ...

    def put_scan_result(self, result: ScanResult) -> None:
        """Replaces the findings of that image: those that are gone are removed; keeps `first_seen` of those that stay."""
        ...

    def put_findings(self, findings: Iterable[Finding]) -> None: ...
    def finding(self, finding_id: str) -> Finding | None: ...
    def findings(self, query: Query) -> Page[Finding]:
        """`query.vulnerability` gives those of one vulnerability."""
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
        findings first. `query.state` is 'scanned', 'failed' or 'unscanned'; `query.severity_at_least` has the worst."""
        ...

    def images_of(self, finding_ids: Sequence[str]) -> Mapping[str, ImageState]:
        """The image that each of these findings is in, by the finding's id; those in none (of a host) are left out."""
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
    def alerts(self, query: Query) -> Page[Alert]: ...


class IncidentStore(Protocol):
    """Incidents by id; a put with a lower `revision` than the stored one raises StoreError, an equal one is ignored."""

    def put_incident(self, incident: Incident) -> None: ...
    def incident(self, incident_id: str) -> Incident | None: ...
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


class SessionStore(Protocol):
    """Digests of sign-in tokens and session cookies; never the secrets themselves."""

    def put_sign_in(self, digest: str, name: str, expires: int) -> None: ...
    def use_sign_in(self, digest: str, now: int) -> str | None:
        """The name it was made for, once; None if unknown, used or expired."""
        ...

    def put_session(self, digest: str, name: str, expires: int) -> None: ...
    def session(self, digest: str, now: int) -> str | None: ...
    def end_session(self, digest: str) -> None: ...


class Store(
    AssetStore,
    FindingStore,
    ExemptionStore,
    UsageStore,
    AlertStore,
    IncidentStore,
    EffectStore,
    GapStore,
    PolicyStore,
    AnnouncementStore,
    SelfTestStore,
    SessionStore,
    Protocol,
):
    """The whole store."""

    def transaction(self) -> AbstractContextManager[None]:
        """Groups writes; they are durable when the block ends, gone when it raises. May be nested (the outer counts)."""
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
