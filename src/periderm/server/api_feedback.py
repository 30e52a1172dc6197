"""The part of `/api/v1` around an incident: what its processes did besides; what would keep a false alarm from coming again,
saying so, and how often detectors fire and are wrong here. Parses and asks `app`; decides nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app import false_alarm, firings, traces
from periderm.app.events import record
from periderm.app.export_incident import IncidentExport, exported
from periderm.app.false_alarm import FalseAlarm, FalseAlarmDone, Suggested
from periderm.app.firings import Firing
from periderm.app.incident_pdf import incident_pdf
from periderm.app.traces import FileUse, Flow
from periderm.server.endpoints import Blob, Call, Endpoint, decode_body
from periderm.server.filters import Parameter
from periderm.server.listing import V1

_PDF = "application/pdf"
_PATH = f"{V1}/incidents/{{id}}/false-alarm"


class TracesTold(msgspec.Struct, frozen=True, kw_only=True):
    """Flows, files and raw events around an incident, these as OCSF activities. `kept` is whether this machine keeps events of
    that time; `whole` is false if there was more."""

    incident_id: str
    flows: tuple[Flow, ...]
    files: tuple[FileUse, ...]
    events: tuple[dict[str, Any], ...]
    kept: bool
    whole: bool


def _traces(call: Call) -> TracesTold:
    found = traces.traces(call.app, call.who, call.path["id"])
    return TracesTold(
        incident_id=found.incident_id,
        flows=found.flows,
        files=found.files,
        events=tuple(record(each) for each in found.events),
        kept=found.kept,
        whole=found.whole,
    )


def _say(call: Call) -> FalseAlarmDone:
    return false_alarm.say_false(call.app, call.who, call.path["id"], decode_body(call, FalseAlarm))


def _pdf(call: Call) -> Blob:
    language = "zh" if call.query.get("language") == "zh" else "en"
    return Blob(incident_pdf(call.app, call.who, call.path["id"], language), _PDF)


FEEDBACK: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/incidents/{{id}}/pdf",
        summary="An incident as a PDF, in English or Chinese; noted in the audit log.",
        handle=_pdf,
        answer=bytes,
        answer_media=_PDF,
        parameters=(Parameter("language", "In which language; English if not given.", "string", ("en", "zh")),),
        tag="incidents",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/incidents/{{id}}/export",
        summary="An incident as one document, to be kept or handed on; noted in the audit log.",
        handle=lambda call: exported(call.app, call.who, call.path["id"]),
        answer=IncidentExport,
        tag="incidents",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/incidents/{{id}}/traces",
        summary="What the processes of an incident did besides: flows, files, and raw events as OCSF activities.",
        handle=_traces,
        answer=TracesTold,
        tag="incidents",
    ),
    Endpoint(
        method="GET",
        path=_PATH,
        summary="What would keep an incident like this from coming again, and what each of that would have hidden of the past.",
        handle=lambda call: false_alarm.suggest(call.app, call.who, call.path["id"]),
        answer=Suggested,
        tag="incidents",
    ),
    Endpoint(
        method="POST",
        path=_PATH,
        summary="Say that an incident was a false alarm, and follow suggestions: exceptions, or decisions about a baseline.",
        handle=_say,
        answer=FalseAlarmDone,
        body=FalseAlarm,
        tag="incidents",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/firings",
        summary="Detectors that fired in the last 30 days: how often each day, and how many of their alerts were false here.",
        handle=lambda call: firings.firings(call.app, call.who),
        answer=tuple[Firing, ...],
        tag="coverage",
    ),
)
