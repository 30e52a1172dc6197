"""What travels between the product's processes: a closed union of records, and batches of them with a sequence."""

from __future__ import annotations

import msgspec

from periderm.model.alert import Alert
from periderm.model.asset import Container, Image, Node, Process, User, Workload
from periderm.model.effect import EffectRecord
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap
from periderm.model.image import ImageInventory
from periderm.model.incident import Incident
from periderm.model.policy import Policy
from periderm.model.usage import FilesInUse
from periderm.model.vulnerability import PlannedChange


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True, tag="heartbeat"):
    """An agent or worker is alive: its role ('agent', 'worker'), node, pid, version, and figures of its own."""

    role: str
    node_id: str
    pid: int
    time: int
    version: str
    figures: dict[str, float] = {}


class ScanRequest(msgspec.Struct, frozen=True, kw_only=True, tag="scan-request"):
    """An image waits to be scanned. `source` is what an image source opens ('podman:DIGEST', a path …)."""

    image_digest: str
    source: str
    reference: str
    node_id: str
    requested: int


class ScanResult(msgspec.Struct, frozen=True, kw_only=True, tag="scan-result"):
    """A scan ended. All findings of the image are in it: what is not there any more is fixed. `failure` is '' or a
    sentence why the image could not be scanned. `advisories` names what its packages were matched
    with ('' if they were not): the digest of the advisories and, behind a '+', how much was seen in use; with others they
    are matched again. `plan` is what to change, as the matching
    knew it (empty where nothing was matched)."""

    image_digest: str
    node_id: str
    time: int
    seconds: float
    findings: tuple[Finding, ...]
    inventory: ImageInventory | None = None
    failure: str = ""
    advisories: str = ""
    plan: tuple[PlannedChange, ...] = ()


Record = (
    Node
    | Image
    | Container
    | Workload
    | Process
    | User
    | Finding
    | Alert
    | Incident
    | EffectRecord
    | CoverageGap
    | Policy
    | Heartbeat
    | ScanRequest
    | ScanResult
    | FilesInUse
)


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Records from one sender, in order. (`sender`, `sequence`) is unique: the receiver takes each only once, however
    often it is sent. `sender` survives restarts, `sequence` grows."""

    sender: str
    sequence: int
    records: tuple[Record, ...]
