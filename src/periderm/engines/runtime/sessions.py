"""Labels what happens below an interactive session that an operator announced. A label explains and never excuses: the
alert stays what it is."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable

import msgspec

from periderm.engines.runtime.process import Process
from periderm.model.alert import Alert
from periderm.model.asset import Container
from periderm.model.event import Subject
from periderm.model.session import AnnouncedSession
from periderm.model.text import encodable

MOST_CHARACTERS = 200


def session_of(sessions: Iterable[AnnouncedSession], process: Process, subject: Subject, time: int) -> str:
    """The announced session that this process opens, or ''. In a container that is what was brought into it (exec, nsenter),
    on a host whatever has a terminal; it must begin within the announced time."""
    contained = isinstance(subject, Container)
    if process.how not in ("exec", "nsenter") if contained else not process.tty:
        return ""
    for session in sessions:
        until = min(session.until, session.ended) if session.ended else session.until
        if session.since <= time < until and fnmatch.fnmatchcase(subject.name, session.container):
            return session.id
    return ""


def label(alert: Alert, process: Process, sessions: Iterable[AnnouncedSession]) -> Alert:
    """The alert with the session that it happened below, if any."""
    if not process.session:
        return alert
    told = next((session for session in sessions if session.id == process.session), None)
    evidence = dict(alert.evidence)
    if told is not None:
        evidence["announced"] = encodable(f"{told.author}: {told.reason}"[:MOST_CHARACTERS])
    return msgspec.structs.replace(alert, session=process.session, evidence=evidence)
