"""An incident as one JSON document, to be kept or handed on: the story, its alerts, findings and responses. Changes nothing."""

from __future__ import annotations

import msgspec

from periderm import __version__
from periderm.app.application import Application
from periderm.app.audit import note
from periderm.app.handling import handling_of
from periderm.app.incidents import IncidentStory, show_incident
from periderm.app.similar import similar_incidents
from periderm.app.traces import FileUse, Flow, traces
from periderm.model.handling import Handling
from periderm.model.principal import Principal

SCHEMA = 1


class SimilarTo(msgspec.Struct, frozen=True, kw_only=True):
    """Another incident by its id, and how like it is (0 to 100)."""

    incident_id: str
    score: int


class IncidentExport(msgspec.Struct, frozen=True, kw_only=True):
    """`schema` grows when a field changes its meaning or goes away. `exported` is Unix nanoseconds."""

    schema: int
    product: str
    version: str
    exported: int
    exported_by: str
    story: IncidentStory
    similar: tuple[SimilarTo, ...]
    handling: Handling
    flows: tuple[Flow, ...] = ()
    files: tuple[FileUse, ...] = ()


def exported(app: Application, who: Principal, incident_id: str) -> IncidentExport:
    """The document as a value. Raises NotFoundError."""
    story = show_incident(app, who, incident_id)
    likenesses = similar_incidents(app, who, incident_id)
    seen = traces(app, who, incident_id)
    note(app, who, "incident.export", incident_id)
    return IncidentExport(
        schema=SCHEMA,
        product="periderm",
        version=__version__,
        exported=app.clock.now(),
        exported_by=who.name,
        story=story,
        similar=tuple(SimilarTo(incident_id=each.incident.id, score=each.score) for each in likenesses),
        handling=handling_of(app, who, incident_id),
        flows=seen.flows,
        files=seen.files,
    )


def export_incident(app: Application, who: Principal, incident_id: str) -> bytes:
    """The document, UTF-8, indented. Raises NotFoundError."""
    return msgspec.json.format(msgspec.json.encode(exported(app, who, incident_id)), indent=2) + b"\n"
