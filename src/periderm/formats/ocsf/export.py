"""Our records as OCSF events: alerts, findings and incidents in the words that other products understand.

Written against OCSF 1.5.0 (https://schema.ocsf.io/1.5.0), class and attribute names, required attributes and
constraints included. An alert is a Detection Finding (2004), and so is malware in an image, an incident an Incident Finding
(2005), a secret a Data Security Finding (2006), a vulnerability a Vulnerability Finding (2002), a weakness of the
configuration or a part that was not examined a Compliance Finding (2003). It exports only: nothing is read back from OCSF,
and English is written.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from periderm.formats.ocsf.objects import (
    Analytic,
    Attack,
    Compliance,
    Container,
    Event,
    Evidence,
    File,
    FindingInfo,
    Malware,
    Metadata,
    Named,
    Package,
    Process,
    Product,
    Remediation,
    Resource,
    Vulnerability,
)
from periderm.model import attack
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.finding import Finding, FindingKind
from periderm.model.incident import ChainStep, Incident, IncidentState
from periderm.model.severity import Maturity, Severity

OCSF_VERSION = "1.5.0"
CATEGORY_FINDINGS = 2
VULNERABILITY_FINDING = 2002
COMPLIANCE_FINDING = 2003
DETECTION_FINDING = 2004
INCIDENT_FINDING = 2005
DATA_SECURITY_FINDING = 2006

ACTIVITY_CREATE, ACTIVITY_UPDATE, ACTIVITY_CLOSE = 1, 2, 3
STATUS_NEW = 1
FILE_REGULAR = 1
ANALYTIC_RULE = 1
COMPLIANCE_WARNING, COMPLIANCE_FAIL = 2, 3
VERDICT_FALSE_POSITIVE = 1
CONFIDENCE = {Maturity.EXPERIMENTAL: 1, Maturity.INCUBATING: 2, Maturity.STABLE: 3}  # Low, Medium, High
# Incident Finding's status_id: New, In Progress, Resolved, Closed.
INCIDENT_STATUS = {
    IncidentState.NEW: 1,
    IncidentState.ACKNOWLEDGED: 2,
    IncidentState.RESOLVED: 4,
    IncidentState.FALSE_ALARM: 5,
}
UNASSIGNED = "unassigned"
_TACTICS = {tactic.id: tactic.name.en for tactic in attack.TACTICS}
_RULE = re.compile(r"(?:: |; )([^;:()]{1,200}) \((CON-\d{3}|yara:[\w.]{1,128})\)")
UNKNOWN_MALWARE = 0
# Our content rules as `classification_ids` of the malware object: Webshell, Backdoor, Resource-Exploitation, Downloader,
# Rootkit, Exploit-Kit, Dropper, Ransomware, Spyware, Trojan, Bot.
_CLASSES = {
    "CON-001": 20,
    "CON-002": 2,
    "CON-003": 13,
    "CON-005": 6,
    "CON-006": 15,
    "CON-007": 8,
    "CON-008": 20,
    "CON-009": 7,
    "CON-010": 10,
    "CON-011": 17,
    "CON-012": 2,
    "CON-013": 18,
    "CON-014": 3,
    "CON-015": 15,
}
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}")


def to_ocsf(record: Alert | Finding | Incident, *, product_version: str = "") -> dict[str, Any]:
    """One record as an OCSF event, ready for JSON. Never raises for a record of ours, whatever is in its strings."""
    match record:
        case Alert():
            event = _alert(record, product_version)
        case Finding():
            event = _finding(record, product_version)
        case Incident():
            event = _incident(record, product_version)
    built: dict[str, Any] = msgspec.to_builtins(event)
    return built


def _milliseconds(nanoseconds: int) -> int:
    return nanoseconds // 1_000_000


def _moment(nanoseconds: int) -> int | None:
    """A time that may be unknown."""
    return _milliseconds(nanoseconds) if nanoseconds else None


def _event(class_uid: int, activity_id: int, uid: str, severity: Severity, product_version: str, **more: Any) -> Event:
    product = Product(name="Periderm", vendor_name="Periderm", version=product_version or None)
    return Event(
        class_uid=class_uid,
        category_uid=CATEGORY_FINDINGS,
        type_uid=class_uid * 100 + activity_id,
        activity_id=activity_id,
        severity_id=int(severity),
        severity=severity.name.capitalize(),
        metadata=Metadata(version=OCSF_VERSION, product=product, uid=uid),
        **more,
    )


def _attacks(techniques: tuple[str, ...], tactic_id: str = "") -> tuple[Attack, ...]:
    """One entry for each technique and tactic; techniques that the catalogue does not know go by their id alone."""
    made = []
    for given in techniques:
        if not attack.known(given):
            made.append(Attack(version=attack.VERSION, technique=Named(uid=given)))
            continue
        found = attack.technique(given)
        parent = attack.technique(found.id.partition(".")[0])
        own = Named(uid=found.id, name=found.name.en) if found is not parent else None
        technique = Named(uid=parent.id, name=parent.name.en)
        made += [
            Attack(version=attack.VERSION, tactic=_tactic(tactic), technique=technique, sub_technique=own)
            for tactic in ((tactic_id,) if tactic_id else found.tactics)
        ]
    return tuple(made)


def _tactic(tactic_id: str) -> Named:
    return Named(uid=tactic_id, name=_TACTICS.get(tactic_id))


def _process(line: tuple[ProcessRecord, ...]) -> Process:
    """The first of the line with its ancestors inside, at most 32 deep."""
    inner: Process | None = None
    for record in reversed(line[:32]):
        name = record.exe.rpartition("/")[2]
        inner = Process(
            pid=record.pid,
            uid=str(record.key),
            name=name or None,
            cmd_line=" ".join(record.argv) or None,
            file=File(name=name, type_id=FILE_REGULAR, path=record.exe) if name else None,
            user=Named(uid=str(record.user_id)),
            created_time=_moment(record.started),
            terminated_time=_moment(record.ended),
            parent_process=inner,
        )
    assert inner is not None  # noqa: S101 -- callers pass at least the acting process; this tells mypy
    return inner


def _alert(alert: Alert, version: str) -> Event:
    line = (alert.process, *(process for process in alert.lineage if process.key != alert.process.key))
    container = None
    if alert.container_id:
        image = Named(uid=alert.image_digest) if alert.image_digest else None
        container = Container(uid=alert.container_id, name=alert.container_name or None, image=image)
    data = {**alert.evidence, **({"object": alert.object} if alert.object else {})}
    return _event(
        DETECTION_FINDING,
        ACTIVITY_UPDATE if alert.count > 1 else ACTIVITY_CREATE,
        alert.id,
        alert.severity,
        version,
        time=_milliseconds(alert.time),
        start_time=_milliseconds(alert.time),
        end_time=_milliseconds(alert.last_time),
        count=alert.count,
        message=alert.message.en,
        status_id=STATUS_NEW,
        confidence_id=CONFIDENCE[alert.maturity],
        is_alert=True,
        finding_info=FindingInfo(
            uid=alert.id,
            title=alert.title.en,
            desc=alert.message.en,
            analytic=Analytic(uid=alert.detector, type_id=ANALYTIC_RULE, name=alert.title.en),
            attacks=_attacks(alert.techniques),
            first_seen_time=_milliseconds(alert.time),
            last_seen_time=_milliseconds(alert.last_time),
        ),
        evidences=(Evidence(process=_process(line), container=container, data=data or None),),
        resources=(
            Resource(
                uid=alert.asset_id,
                type="container" if alert.container_id else "node",
                name=alert.container_name or None,
            ),
        ),
    )


def _finding(finding: Finding, version: str) -> Event:
    common: dict[str, Any] = {
        "time": _milliseconds(finding.first_seen),
        "message": finding.message.en,
        "status_id": STATUS_NEW,
        "remediation": Remediation(desc=finding.remediation.en),
        "resources": (Resource(uid=finding.asset_id, type="image"),),
        "finding_info": FindingInfo(
            uid=finding.id,
            title=finding.title.en,
            desc=finding.message.en,
            analytic=Analytic(uid=finding.detector, type_id=ANALYTIC_RULE, name=finding.title.en),
            attacks=_attacks(finding.techniques),
            first_seen_time=_moment(finding.first_seen),
            last_seen_time=_moment(finding.last_seen),
        ),
    }
    match finding.kind:
        case FindingKind.SECRET:
            class_uid = DATA_SECURITY_FINDING
            del common["remediation"]  # Data Security Finding has none
            common["file"] = _file(finding.location)
        case FindingKind.MALWARE:
            class_uid = DETECTION_FINDING
            common["malware"] = _malware(finding)
        case FindingKind.VULNERABILITY:
            class_uid = VULNERABILITY_FINDING
            del common["remediation"]  # it stands with the vulnerability
            common["vulnerabilities"] = (_vulnerability(finding),)
        case (
            FindingKind.CONFIGURATION
            | FindingKind.NOT_EXAMINED
            | FindingKind.LICENCE
            | FindingKind.END_OF_LIFE
            | FindingKind.CODE
            | FindingKind.UNTRUSTED
        ):
            class_uid = COMPLIANCE_FINDING
            unknown = finding.kind is FindingKind.NOT_EXAMINED
            common["compliance"] = Compliance(
                status_id=COMPLIANCE_WARNING if unknown else COMPLIANCE_FAIL,
                control=finding.detector,
                standards=("Periderm image checks",),
                desc=finding.title.en,
            )
    return _event(class_uid, ACTIVITY_CREATE, finding.id, finding.severity, version, **common)


def _file(location: str) -> File | None:
    """The file of a location; None for 'env:NAME', 'history:3' and the like, which are no paths."""
    if not location or ":" in location.partition("/")[0]:
        return None
    path = f"/{location.lstrip('/')}"
    name = path.rstrip("/").rpartition("/")[2]
    return File(name=name, type_id=FILE_REGULAR, path=path) if name else None


def _malware(finding: Finding) -> tuple[Malware, ...]:
    """What content rules said; nothing for what is suspicious by its place or its owner alone."""
    rules = _RULE.findall(finding.message.en)
    return tuple(
        Malware(
            classification_ids=(_CLASSES.get(rule, UNKNOWN_MALWARE),),
            name=title.strip(),
            path=f"/{finding.location.lstrip('/')}",
            uid=rule,
            provider="Periderm",
        )
        for title, rule in rules[:16]
    )


def _vulnerability(finding: Finding) -> Vulnerability:
    named = _CVE.search(f"{finding.detector} {finding.location} {finding.evidence} {finding.title.en}")
    return Vulnerability(
        title=finding.title.en,
        desc=finding.message.en,
        severity=finding.severity.name.capitalize(),
        cve=Package(uid=named[0]) if named else None,
        advisory=None if named else Package(uid=finding.detector),
        remediation=Remediation(desc=finding.remediation.en),
    )


def _incident(incident: Incident, version: str) -> Event:
    closed = incident.state in (IncidentState.RESOLVED, IncidentState.FALSE_ALARM)
    grown = ACTIVITY_UPDATE if incident.revision > 1 else ACTIVITY_CREATE
    return _event(
        INCIDENT_FINDING,
        ACTIVITY_CLOSE if closed else grown,
        f"{incident.id}/{incident.revision}",
        incident.severity,
        version,
        time=_milliseconds(incident.first_time),
        start_time=_milliseconds(incident.first_time),
        end_time=_milliseconds(incident.last_time),
        count=incident.alerts or None,
        message=incident.summary.en,
        desc=incident.title.en,
        status_id=INCIDENT_STATUS[incident.state],
        verdict_id=VERDICT_FALSE_POSITIVE if incident.state is IncidentState.FALSE_ALARM else None,
        assignee_group=Named(name=UNASSIGNED),
        attacks=tuple(one for step in incident.chain for one in _step_attacks(step)),
        finding_info_list=tuple(_step(step) for step in incident.chain)
        or (FindingInfo(uid=incident.id, title=incident.title.en),),  # required, so never empty
    )


def _step(step: ChainStep) -> FindingInfo:
    return FindingInfo(
        uid=step.alert_id,
        title=step.title.en,
        desc=step.message.en,
        analytic=Analytic(uid=step.detector, type_id=ANALYTIC_RULE),
        attacks=_step_attacks(step),
        first_seen_time=_milliseconds(step.time),
    )


def _step_attacks(step: ChainStep) -> tuple[Attack, ...]:
    if not step.technique:
        return (Attack(version=attack.VERSION, tactic=_tactic(step.tactic)),)
    return _attacks((step.technique,), step.tactic)
