"""What is worth telling of an incident, alert, finding or gap, and whether a destination wants to hear it. Pure: it keeps and
sends nothing; `notify.py` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.algorithms.rules.glob import matches
from periderm.model.alert import Alert
from periderm.model.asset import Container, Image, Node, Ownership
from periderm.model.attack import TACTICS
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap
from periderm.model.ids import stable_id
from periderm.model.incident import Incident, IncidentState
from periderm.model.notice import Destination, Fact, Notice, NoticeFilter, Occasion, Told
from periderm.model.severity import Severity
from periderm.model.text import Text

Record = Incident | Alert | Finding | CoverageGap

_OVER = (IncidentState.RESOLVED, IncidentState.FALSE_ALARM)
_STAGES = {tactic.id: tactic.name for tactic in TACTICS}
PLACE = Text("Where", "位置")
NODE = Text("Node", "节点")
STAGES = Text("Stages", "阶段")
STOPPED = Text("Stopped", "已阻止")
OBJECT = Text("Acted on", "对象")
PROCESS = Text("Process", "进程")
PACKAGE = Text("Package", "软件包")
FIXED = Text("What to do", "如何处理")
ALERTS = Text("Alerts", "告警")
YES = Text("yes", "是")
GONE = Text("It is no longer found.", "已不再存在。")
CLOSED_GAP = Text("This is seen again.", "该处已恢复可见。")
_STATES = {
    IncidentState.RESOLVED: Text("People resolved it.", "已由人员处理完毕。"),
    IncidentState.FALSE_ALARM: Text("People say that it was a false alarm.", "已确认为误报。"),
}


class Subject(msgspec.Struct, frozen=True):
    """A record with what is known of its place: the asset's name and who answers for it."""

    record: Record
    place: str = ""
    node: str = ""
    owner: Ownership = Ownership()


def place_of(asset: object) -> str:
    """The name of an asset as people know it."""
    if isinstance(asset, Container | Image | Node):
        return asset.name
    return str(getattr(asset, "name", ""))


def mark_of(record: Record) -> str:
    """What there is to say of it: told again only when this is another."""
    match record:
        case Incident():
            stages = ",".join(sorted({step.tactic for step in record.chain}))
            return f"{record.severity.value}|{stages}|{int(record.stopped)}|{int(record.state in _OVER)}"
        case Alert() | Finding():
            return str(record.severity.value)
        case CoverageGap():
            return record.kind.value


def goes_on(record: Record) -> bool:
    """Whether it is not over."""
    return not (isinstance(record, Incident) and record.state in _OVER)


def occasion_of(record: Record, told: Told | None) -> Occasion | None:
    """What a record that exists is news as, to somebody who was told `told`; None if it is none."""
    if not isinstance(record, Incident):
        new = {Alert: Occasion.ALERT, Finding: Occasion.FINDING_NEW, CoverageGap: Occasion.GAP_NEW}[type(record)]
        return new if told is None or (not told.open and not isinstance(record, Alert)) else None
    if not goes_on(record):
        return Occasion.INCIDENT_CLOSED if told is not None and told.open else None
    if told is None:
        return Occasion.INCIDENT_NEW
    if not told.open:
        return Occasion.INCIDENT_REOPENED
    return Occasion.INCIDENT_GROWN if grown(told.mark, mark_of(record)) else None


def grown(before: str, now: str) -> bool:
    """Whether an incident is worse, went further, or was stopped, since it was told."""
    old, new = before.split("|"), now.split("|")
    if len(old) != 4 or len(new) != 4:
        return before != now
    stages = set(new[1].split(",")) - set(old[1].split(","))
    return int(new[0]) > int(old[0]) or bool(stages - {""}) or (new[2] == "1" and old[2] == "0")


def wants(destination: Destination, subject: Subject, occasion: Occasion, told: Told | None) -> bool:
    """Whether the destination hears of it. The end of what it was told is always within its filter; an occasion that it does
    not choose never."""
    chosen = destination.chosen
    if occasion not in chosen.occasions:
        return False
    if told is not None and told.open:
        return True
    return fits(chosen, subject, destination.made)


def fits(chosen: NoticeFilter, subject: Subject, since: int = 0) -> bool:
    """Whether a record is of those that are chosen. A finding that was there before `since` is not new."""
    record = subject.record
    if isinstance(record, Finding):
        if record.severity < chosen.finding_severity or record.first_seen < since or record.ignored:
            return False
    elif not isinstance(record, CoverageGap) and record.severity < chosen.severity:
        return False
    if isinstance(record, Alert | Incident) and record.last_time < since:
        return False
    asked: Sequence[tuple[Sequence[str], Iterable[str]]] = (
        (chosen.owners, (subject.owner.owner,)),
        (chosen.applications, (subject.owner.application,)),
        (chosen.environments, (subject.owner.environment,)),
        (chosen.places, (subject.place,)),
        (chosen.detectors, _detectors(record)),
    )
    return all(not globs or any(matches(value, g, paths=False) for g in globs for value in values) for globs, values in asked)


def _detectors(record: Record) -> tuple[str, ...]:
    match record:
        case Incident():
            return tuple({step.detector for step in record.chain})
        case Alert() | Finding():
            return (record.detector,)
        case CoverageGap():
            return (record.kind.value,)


def notice_of(subject: Subject, occasion: Occasion, now: int) -> Notice:
    """What is told. `id` differs with what is said, so that the same said twice is one."""
    match subject.record:
        case Incident() as incident:
            return _incident(subject, incident, occasion)
        case Alert() as alert:
            return _alert(subject, alert, occasion)
        case Finding() as finding:
            return _finding(subject, finding, occasion, now)
        case CoverageGap() as gap:
            return _gap(subject, gap, occasion)


def ended(told: Told, occasion: Occasion, now: int) -> Notice:
    """What is told when a finding or gap is gone."""
    title = Text(told.subject_id, told.subject_id)
    base = told.last or Notice(
        id="", occasion=occasion, subject_id=told.subject_id, severity=told.severity, time=now, title=title, summary=GONE
    )
    return msgspec.structs.replace(
        base,
        id=stable_id("ntc", told.subject_id, occasion.value, now),
        occasion=occasion,
        time=now,
        summary=CLOSED_GAP if occasion is Occasion.GAP_CLOSED else GONE,
        ends=True,
    )


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What differs by the kind of record."""

    subject_id: str
    number: int
    severity: Severity
    time: int
    title: Text
    summary: Text
    path: str
    started: int
    facts: Sequence[Fact]
    detector: str = ""
    ends: bool = False


def _incident(subject: Subject, incident: Incident, occasion: Occasion) -> Notice:
    stages = [_STAGES[t] for t in dict.fromkeys(step.tactic for step in incident.chain) if t in _STAGES]
    facts = [*_where(subject), Fact(ALERTS, str(incident.alerts or len(incident.chain)))]
    if stages:
        facts.append(Fact(STAGES, Text(" → ".join(s.en for s in stages), " → ".join(s.zh for s in stages))))
    if incident.stopped:
        facts.append(Fact(STOPPED, YES))
    summary = incident.summary
    if occasion is Occasion.INCIDENT_CLOSED and incident.state in _STATES:
        end = _STATES[incident.state]
        summary = Text(f"{summary.en} {end.en}", f"{summary.zh}{end.zh}")
    told = _Told(
        subject_id=incident.id,
        number=incident.revision,
        severity=incident.severity,
        time=incident.last_time,
        title=incident.title,
        summary=summary,
        path=f"/incidents/{incident.id}",
        started=incident.first_time,
        facts=facts,
        ends=not goes_on(incident),
    )
    return _made(subject, occasion, told)


def _alert(subject: Subject, alert: Alert, occasion: Occasion) -> Notice:
    facts = _where(subject)
    if alert.process.exe:
        facts.append(Fact(PROCESS, f"{alert.process.exe} ({alert.process.pid})"))
    if alert.object:
        facts.append(Fact(OBJECT, alert.object))
    told = _Told(
        subject_id=alert.id,
        number=1,
        severity=alert.severity,
        time=alert.time,
        title=alert.title,
        summary=alert.message,
        path=f"/incidents/{alert.incident_id}" if alert.incident_id else "/events",
        started=alert.time,
        facts=facts,
        detector=alert.detector,
    )
    return _made(subject, occasion, told)


def _finding(subject: Subject, finding: Finding, occasion: Occasion, now: int) -> Notice:
    facts = _where(subject)
    if finding.package or finding.location:
        facts.append(Fact(PACKAGE if finding.package else OBJECT, finding.package or finding.location))
    if finding.remediation.en:
        facts.append(Fact(FIXED, finding.remediation))
    since = finding.first_seen or now
    told = _Told(
        subject_id=finding.id,
        number=1,
        severity=finding.severity,
        time=since,
        title=finding.title,
        summary=finding.message,
        path=f"/findings/{finding.id}",
        started=since,
        facts=facts,
        detector=finding.detector,
    )
    return _made(subject, occasion, told)


def _gap(subject: Subject, gap: CoverageGap, occasion: Occasion) -> Notice:
    told = _Told(
        subject_id=gap.id,
        number=gap.since,
        severity=Severity.MEDIUM,
        time=gap.until or gap.since,
        title=gap.message,
        summary=gap.next_step,
        path="/gaps",
        started=gap.since,
        facts=_where(subject),
        detector=gap.kind.value,
    )
    return _made(subject, occasion, told)


def _where(subject: Subject) -> list[Fact]:
    facts = [Fact(PLACE, subject.place)] if subject.place else []
    if subject.node and subject.node != subject.place:
        facts.append(Fact(NODE, subject.node))
    return facts


def _made(subject: Subject, occasion: Occasion, of: _Told) -> Notice:
    return Notice(
        id=stable_id("ntc", of.subject_id, occasion.value, of.number),
        occasion=occasion,
        subject_id=of.subject_id,
        severity=of.severity,
        time=of.time,
        title=of.title,
        summary=of.summary,
        place=subject.place,
        detector=of.detector,
        owner=subject.owner.owner,
        application=subject.owner.application,
        environment=subject.owner.environment,
        path=of.path,
        started=of.started,
        ends=of.ends,
        facts=tuple(of.facts),
    )
