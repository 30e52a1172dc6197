"""A deviation as an alert, in words. It decides nothing about what is told; how often it is, `causes` does."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.engines.baseline.actor import Actor
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.asset import Container, Node
from periderm.model.detector import DetectorSpec
from periderm.model.deviation import PREFIX, Deviation
from periderm.model.event import Event, Subject
from periderm.model.session import AnnouncedSession
from periderm.model.severity import Severity
from periderm.model.text import encodable
from periderm.model.text import printable as text_line

MOST_WORD = 160
MOST_OBJECT = 1024


def record(actor: Actor, subject: Subject) -> ProcessRecord:
    """The process as alerts carry it."""
    return ProcessRecord(
        key=actor.key,
        parent=actor.parent,
        pid=actor.pid,
        exe=encodable(actor.exe),
        argv=tuple(encodable(argument) for argument in actor.argv),
        user_id=actor.uid,
        started=actor.started,
        ended=actor.ended,
        how=actor.how if isinstance(subject, Container) else "host",
        tty=actor.tty,
    )


def alert_of(
    spec: DetectorSpec[Any],
    deviation: Deviation,
    event: Event,
    lineage: tuple[Actor, ...],
    *,
    node: Node,
    severity: Severity,
    session: AnnouncedSession | None,
) -> Alert:
    """The alert of one deviation, without its id."""
    actor, subject = lineage[0], event.subject
    behaviour = deviation.behaviour
    words: dict[str, object] = {
        "program": printable(behaviour.program or actor.program),
        "process": printable(behaviour.program.rpartition("/")[2] or actor.program),
        "value": printable(behaviour.value),
        "subject": printable(subject.name),
        "reason": deviation.reason,
        "nearest": deviation.nearest_text,
        "user": actor.uid,
        "parent": printable(actor.above),
        "object": printable(event.text),
        "arguments": printable(" ".join(encodable(argument) for argument in actor.argv)),
    }
    alert = Alert(
        id="",
        detector=PREFIX + deviation.event_type,
        title=spec.title,
        message=spec.message.fill_known(words),
        severity=severity,
        maturity=spec.maturity,
        techniques=spec.techniques,
        time=event.time,
        last_time=event.time,
        node_id=node.id,
        asset_id=subject.id,
        process=record(actor, subject),
        lineage=tuple(record(each, subject) for each in lineage),
        object=encodable((event.text or behaviour.value or behaviour.program)[:MOST_OBJECT]),
        count=max(1, event.count),
        workload_id=deviation.workload_id,
        evidence=_evidence(deviation, actor, subject, session),
        session=actor.session,
        deviation=deviation,
    )
    if isinstance(subject, Container):
        named = {"container_id": subject.container_id, "container_name": subject.name, "image_digest": subject.image_digest}
        return msgspec.structs.replace(alert, **named)
    return alert


def _evidence(deviation: Deviation, actor: Actor, subject: Subject, session: AnnouncedSession | None) -> dict[str, str]:
    name = (actor.exe or actor.program).rpartition("/")[2]
    behaviour = deviation.behaviour
    found = {
        "event_type": deviation.event_type,
        "user": str(actor.uid),
        "process_name_length": str(len(name)),
        "behaviour": encodable(f"{behaviour.aspect} {behaviour.program} {behaviour.value}".rstrip()[:512]),
        "surprise": str(deviation.surprise),
    }
    if isinstance(subject, Container):
        found["container"] = encodable(subject.name)
    if actor.service:
        found["service"] = encodable(actor.service)
    if session is not None:
        found["announced"] = encodable(f"{session.author}: {session.reason}"[:200])
    return found


def printable(text: str) -> str:
    """One short line of a message."""
    return text_line(text, MOST_WORD)
