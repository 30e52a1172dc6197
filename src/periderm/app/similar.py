"""Incidents that are like one: of the same workload, of the same image, and the latest of all. Changes nothing."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.app.incidents import read_incident
from periderm.correlate.similar import alike
from periderm.model.incident import Incident
from periderm.model.principal import Principal
from periderm.model.query import Query
from periderm.model.similar import IncidentOutline, Likeness

LATEST = 100  # that are looked at, of all and of each of workload and image
MOST = 8


def similar_incidents(app: Application, who: Principal, incident_id: str) -> tuple[Likeness, ...]:
    """At most MOST, the likest first. Raises NotFoundError."""
    incident = read_incident(app, who, incident_id)
    found: dict[str, IncidentOutline] = {}
    with app.store.look():
        for query in _queries(incident):
            found |= {other.id: other for other in app.store.incident_outlines(query).items}
        likest = alike(incident, found.values(), MOST)
        read = ((each, app.store.incident(each.id)) for each in likest)
        return tuple(Likeness(incident=other, score=r.score, shared=r.shared) for r, other in read if other is not None)


def _queries(incident: Incident) -> list[Query]:
    queries = [Query(limit=LATEST)]
    if incident.workload_id:
        queries.append(Query(workload_id=incident.workload_id, limit=LATEST))
    if incident.image_digest:
        queries.append(Query(image_digest=incident.image_digest, limit=LATEST))
    return queries
