"""Turns a verdict into an alert: identity, message and evidence, with everything foreign cut to size and made harmless.

It does not fold (see `causes`) and does not judge.
"""

from __future__ import annotations

import msgspec

from periderm.engines.runtime.judging import Context, Detector, Verdict
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.event import EventFlag, Origin
from periderm.model.text import Text, encodable
from periderm.model.text import printable as text_line

MOST_OBJECT = 1024
MOST_WORD = 120
MOST_EVIDENCE = 512


def printable(text: str, limit: int = MOST_WORD) -> str:
    """One short line of a message."""
    return text_line(text, limit)


def alert_of(detector: Detector, verdict: Verdict, context: Context, node: Node) -> Alert:
    """The alert of one verdict, not yet folded: its id is still empty and its count 1."""
    event, subject, spec = context.event, context.subject, detector.spec
    lineage = tuple(process.record() for process in context.lineage)
    words: dict[str, str | Text] = {
        "process": context.command.name or context.process.exe or event.comm,
        "object": verdict.object,
        "subject": subject.name,
        **verdict.fill,
    }
    alert = Alert(
        id="",
        detector=spec.id,
        title=spec.title,
        message=_message(spec.message, words),
        severity=spec.severity if verdict.severity is None else verdict.severity,
        maturity=spec.maturity,
        techniques=verdict.techniques or spec.techniques,
        time=event.time,
        last_time=event.time,
        node_id=node.id,
        asset_id=subject.id,
        process=lineage[0],
        lineage=lineage,
        object=encodable(verdict.object[:MOST_OBJECT]),
        evidence=_evidence(verdict, context),
    )
    if isinstance(subject, Container):
        return _in_container(alert, subject)
    return alert


def _message(template: Text, words: dict[str, str | Text]) -> Text:
    """Each language gets its own words where there are two, and none of them more than a short line."""
    short = {
        name: printable(word) if isinstance(word, str) else Text(printable(word.en), printable(word.zh))
        for name, word in words.items()
    }
    return template.fill_known(short)


def _in_container(alert: Alert, subject: Container) -> Alert:
    return msgspec.structs.replace(
        alert,
        container_id=subject.container_id,
        container_name=subject.name,
        image_digest=subject.image_digest,
        workload_id=subject.workload_id,
    )


def _evidence(verdict: Verdict, context: Context) -> dict[str, str]:
    event = context.event
    found = dict(verdict.evidence)
    if event.raw and event.raw != event.text:
        found.setdefault("as_written", event.raw)
    if context.failed:
        found.setdefault("result", f"failed ({event.ret})")
    if event.has(EventFlag.KILLED):
        found["kernel"] = "killed"
    elif event.has(EventFlag.WOULD_KILL):
        found["kernel"] = "would-kill"
    if event.origin in (Origin.COMPAT32, Origin.IO_URING):
        found["entry"] = event.origin.name.lower()
    return {name: encodable(value[:MOST_EVIDENCE]) for name, value in found.items()}
