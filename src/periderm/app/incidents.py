"""What a person does with incidents: list them, read one as a whole story, say where they are with it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.model.alert import Alert
from periderm.model.asset import Asset
from periderm.model.effect import EffectRecord, ResumeContainer
from periderm.model.errors import NotFoundError
from periderm.model.finding import Finding
from periderm.model.incident import Incident, IncidentState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query

MOST_ALERTS = 200


class IncidentStory(msgspec.Struct, frozen=True, kw_only=True):
    """An incident with what it speaks of. `alerts` are oldest first and at most 200 (`more_alerts` counts the rest);
    `findings` are those that the incident links to and that still exist; `effects` the current record of each response;
    `replicas` are the running containers of the same workload, the hit one among them."""

    incident: Incident
    alerts: tuple[Alert, ...] = ()
    more_alerts: int = 0
    findings: tuple[Finding, ...] = ()
    effects: tuple[EffectRecord, ...] = ()
    asset: Asset | None = None
    replicas: int = 0


def list_incidents(app: Application, who: Principal, query: Query) -> Page[Incident]:
    """A page of incidents."""
    require(who, Permission.READ)
    return app.store.incidents(query)


def places(app: Application, who: Principal, incidents: Sequence[Incident]) -> dict[str, str]:
    """Where each happened, by its id: the container's name, or that of the machine. Of many, 'the host' says nothing."""
    require(who, Permission.READ)
    nodes = {node_id: app.store.asset(node_id) for node_id in {i.node_id for i in incidents if not i.container_id}}
    names = {node_id: asset.name if asset is not None else node_id for node_id, asset in nodes.items()}
    return {i.id: i.container_name or i.container_id[:12] or names.get(i.node_id, i.node_id) for i in incidents}


def read_incident(app: Application, who: Principal, incident_id: str) -> Incident:
    """One incident. Raises NotFoundError."""
    require(who, Permission.READ)
    incident = app.store.incident(incident_id)
    if incident is None:
        raise NotFoundError(f"There is no incident {incident_id!r}.", "`periderm incidents` lists those that exist.")
    return incident


def show_incident(app: Application, who: Principal, incident_id: str) -> IncidentStory:
    """One incident with its alerts, findings and responses. Raises NotFoundError."""
    incident = read_incident(app, who, incident_id)
    page = app.store.alerts(Query(incident_id=incident.id, limit=MOST_ALERTS))
    found = (app.store.finding(link.finding_id) for link in incident.findings)
    return IncidentStory(
        incident=incident,
        alerts=tuple(sorted(page.items, key=lambda a: (a.time, a.id))),
        more_alerts=max(0, page.total - len(page.items)),
        findings=tuple({f.id: f for f in found if f is not None}.values()),
        effects=_effects(app, incident),
        asset=app.store.asset(incident.asset_id),
        replicas=_replicas(app, incident),
    )


def _effects(app: Application, incident: Incident) -> tuple[EffectRecord, ...]:
    """Those that the incident names and those that people ordered for it since, oldest decision first."""
    known = {r.effect.id: r for r in app.store.effects(Query(incident_id=incident.id, limit=200)).items}
    for effect_id in incident.effects:
        record = known.get(effect_id) or app.store.effect(effect_id)
        if record is not None:
            known[effect_id] = record
    pauses = set(known)
    for record in app.store.effects(Query(kind="resume-container", limit=200)).items:
        if isinstance(record.effect, ResumeContainer) and record.effect.undoes in pauses:
            known[record.effect.id] = record
    return tuple(sorted(known.values(), key=lambda r: (r.effect.decided_at, r.effect.id)))


def _replicas(app: Application, incident: Incident) -> int:
    """How many containers of the incident's workload run; 0 if it has no workload."""
    if not incident.workload_id:
        return 0
    page = app.store.assets(Query(kind="container", workload_id=incident.workload_id, limit=1000))
    return sum(1 for asset in page.items if getattr(asset, "running", False))


def change_state(app: Application, who: Principal, incident_id: str, state: IncidentState) -> Incident:
    """Say where people are with it; the same state again changes nothing. Raises NotFoundError."""
    require(who, Permission.RESPOND)
    with app.store.transaction():
        incident = read_incident(app, who, incident_id)
        if incident.state is state:
            return incident
        changed = msgspec.structs.replace(incident, state=state, revision=incident.revision + 1)
        app.store.put_incident(changed)
        note(app, who, "incident.state", incident.id, f"{incident.state.value} → {state.value}")
    return changed
