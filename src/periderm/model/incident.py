"""What several alerts and findings mean together: one story, ordered as an attack is."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.alert import ProcessRecord
from periderm.model.severity import Severity
from periderm.model.text import Text


class IncidentState(enum.StrEnum):
    """Where people are with it."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    FALSE_ALARM = "false-alarm"


class ChainStep(msgspec.Struct, frozen=True, kw_only=True):
    """One alert's place in the chain. `tactic` is an ATT&CK tactic id (TA….), the earliest of the technique's tactics
    that fits the order of what was seen; `technique` the ATT&CK id shown for it."""

    alert_id: str
    detector: str
    tactic: str
    technique: str
    time: int
    title: Text
    message: Text
    severity: Severity
    process_key: int
    object: str = ""
    stopped: bool = False


class FindingLink(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that made a step possible or worse. `alert_id` is '' where it bears on the whole incident."""

    finding_id: str
    why: Text
    alert_id: str = ""


class Incident(msgspec.Struct, frozen=True, kw_only=True, tag="incident"):
    """Alerts of one workload within one attack, and the findings of its image.

    `summary` is a short sentence in plain words of what happened; `reasons` say why the severity is what it is.
    `chain` is ordered by tactic and then by time; `processes` hold the tree. `effects` are effect ids. `revision`
    grows by one with each change. Times are Unix nanoseconds.
    """

    id: str
    title: Text
    summary: Text
    severity: Severity
    reasons: tuple[Text, ...]
    state: IncidentState
    node_id: str
    asset_id: str
    chain: tuple[ChainStep, ...]
    processes: tuple[ProcessRecord, ...]
    findings: tuple[FindingLink, ...]
    effects: tuple[str, ...]
    first_time: int
    last_time: int
    revision: int = 1
    workload_id: str = ""
    container_id: str = ""
    container_name: str = ""
    image_digest: str = ""
    alerts: int = 0
    stopped: bool = False
