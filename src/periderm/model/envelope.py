"""What travels between the product's processes: a closed union of records, and batches of them with a sequence."""

from __future__ import annotations

import msgspec

from periderm.model.alert import Alert
from periderm.model.asset import Container, Image, Node, Process, User, Workload
from periderm.model.baseline import Baseline
from periderm.model.effect import EffectRecord
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap
from periderm.model.image import ImageInventory
from periderm.model.incident import Incident
from periderm.model.policy import Policy
from periderm.model.queue import Asked
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
    """An image waits to be scanned. `source` is what an image source opens ('podman:DIGEST', a path …). `asked` says why and
    `asked_by` who; `credentials` says where those for its registry lie (never themselves)."""

    image_digest: str
    source: str
    reference: str
    node_id: str
    requested: int
    asked: Asked = Asked.RUNNING
    asked_by: str = ""
    credentials: str = ""


class ScanResult(msgspec.Struct, frozen=True, kw_only=True, tag="scan-result"):
    """A scan ended. All findings of the image are in it: what is not there any more is fixed. `failure` is '' or a
    sentence why the image could not be scanned. `advisories` names what its packages were matched
    with ('' if they were not): the digest of the advisories and, behind a '+', how much was seen in use; with others they
    are matched again. `plan` is what to change, as the matching
    knew it (empty where nothing was matched). `again` says that the failure may pass, `engine` names what judged, `worker` who
    held the job ('' for a scan that nobody queued)."""

    image_digest: str
    node_id: str
    time: int
    seconds: float
    findings: tuple[Finding, ...]
    inventory: ImageInventory | None = None
    failure: str = ""
    advisories: str = ""
    plan: tuple[PlannedChange, ...] = ()
    again: bool = False
    engine: str = ""
    worker: str = ""


class SeenEvents(msgspec.Struct, frozen=True, kw_only=True, tag="seen-events"):
    """Rows of events that a node saw and keeps, for the server's own history. `data` is one block of a recording that needs no
    other (`formats.recording.packed`) with so many `rows`; its subjects are the node itself and containers of it."""

    node_id: str
    rows: int
    data: bytes


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
    | Baseline
    | SeenEvents
)


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Records from one sender, in order. (`sender`, `sequence`) is unique: the receiver takes each only once, however
    often it is sent. `sender` survives restarts, `sequence` grows.

    `form` is that of the sender's version: a newer one waits until the receiver is as new. `node_id` and `skew` are written by
    the receiver's door: which node it came from ('' for a process of the server's own machine), and by how many nanoseconds
    that node's clock goes before the server's, 0 where that is too little to matter. `life` is that of
    the server that told the sender how far it is ('' from a sender that never asked): one that was put back from a copy has
    another, and refuses it."""

    sender: str
    sequence: int
    records: tuple[Record, ...]
    form: int = 1
    node_id: str = ""
    skew: int = 0
    life: str = ""


FORM = 1
"""Of envelopes as this version writes and reads them. It grows when an older receiver would misread them; fields and records
that may be passed over do not change it."""
