"""What a person says when an incident was a false alarm: first what could keep it from coming again, and what each of that
would have hidden of the past; then, in one step, the incident's state, the exceptions and the baseline's decisions.

An alert that deviates from a baseline is answered by the baseline; one of a rule by an exception, narrow or wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from periderm.app import baseline_decisions
from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.excepted_alerts import AlertsHidden, Past, alerts_hidden, past_alerts, summed
from periderm.app.exemptions import LONGEST, add_exemption
from periderm.app.handling import comment
from periderm.app.incidents import change_state, read_incident
from periderm.model.alert import Alert
from periderm.model.baseline import Verdict
from periderm.model.behaviour import Behaviour
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.exception import Exemption, Scope
from periderm.model.ids import stable_id
from periderm.model.incident import Incident, IncidentState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.text import Text

MOST_ALERTS = 1_000
MOST_DETECTORS = 20
DAYS = 90  # that an exception holds if nobody says otherwise
_DAY_NS = 86_400 * 10**9


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """One way to keep alerts of this incident from coming again. `kind` is 'baseline' (the workload's baseline accepts
    `behaviours`), 'program' (an exception for the detector, the program and the workload) or 'detector' (for the detector in
    that workload, whatever the program). `covers` alerts of this incident; `hidden` what it would have hidden of the past."""

    id: str
    kind: str
    title: Text
    detectors: tuple[str, ...]
    covers: int
    scope: Scope = Scope()
    workload_id: str = ""
    behaviours: tuple[Behaviour, ...] = ()
    hidden: AlertsHidden = AlertsHidden()


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be done about a false incident, the narrow before the wide; `alerts` of it were looked at. `until` is when
    exceptions end if nobody says otherwise (Unix nanoseconds)."""

    incident_id: str
    suggestions: tuple[Suggestion, ...]
    alerts: int
    until: int


class FalseAlarm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says: why it was false; ids of suggestions to follow; who answers for exceptions and until when (Unix
    nanoseconds, 0 for DAYS); and whether open incidents that these would have hidden wholly are false alarms too."""

    reason: str
    chosen: tuple[str, ...] = ()
    owner: str = ""
    until: int = 0
    others: bool = False


class FalseAlarmDone(msgspec.Struct, frozen=True, kw_only=True):
    """What was done: ids of incidents that are false alarms now, of new exceptions, and of decisions about baselines."""

    incidents: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()


def suggest(app: Application, who: Principal, incident_id: str) -> Suggested:
    """What would keep it from coming again. Changes nothing. Raises NotFoundError."""
    require(who, Permission.READ)
    incident = read_incident(app, who, incident_id)
    alerts = app.store.alerts(Query(incident_id=incident.id, limit=MOST_ALERTS)).items
    until = app.clock.now() + DAYS * _DAY_NS
    found = (*_of_baselines(app, who, incident, alerts), *_of_rules(app, incident, alerts, until))
    return Suggested(incident_id=incident.id, suggestions=found, alerts=len(alerts), until=until)


def say_false(app: Application, who: Principal, incident_id: str, said: FalseAlarm) -> FalseAlarmDone:
    """The incident is a false alarm, and what was chosen holds from now on. Raises NotFoundError, UsageError, DeniedError; then
    nothing is done."""
    require(who, Permission.RESPOND)
    reason = said.reason.strip()
    if not reason or len(reason) > LONGEST:
        raise UsageError("A false alarm needs a reason.", f"Say in at most {LONGEST} characters why it was false.")
    if said.chosen:
        require(who, Permission.POLICY)
    suggested = suggest(app, who, incident_id)
    known = {each.id: each for each in suggested.suggestions}
    if unknown := [name for name in said.chosen if name not in known]:
        raise UsageError(f"There is no suggestion {unknown[0][:40]!r}.", "Look at the incident's suggestions again.")
    chosen = [known[name] for name in dict.fromkeys(said.chosen)]
    closed = [incident_id]
    if said.others:
        closed += [name for each in chosen for name in each.hidden.incidents]
    exceptions: list[str] = []
    decisions: list[str] = []
    with app.store.transaction():
        for each in chosen:
            if each.kind == "baseline":
                made = baseline_decisions.decide(
                    app, who, each.workload_id, each.behaviours, verdict=Verdict.ACCEPT, reason=reason
                )
                decisions.append(made.id)
            else:
                exceptions.append(add_exemption(app, who, _exemption(each, who, said, reason, suggested.until)).id)
        closed = list(dict.fromkeys(closed))
        for name in closed:
            change_state(app, who, name, IncidentState.FALSE_ALARM)
        comment(app, who, closed, reason)
        note(
            app,
            who,
            "incident.false-alarm",
            incident_id,
            f"{reason} ({', '.join((*exceptions, *decisions)) or 'nothing else'})",
        )
    return FalseAlarmDone(incidents=tuple(closed), exceptions=tuple(exceptions), decisions=tuple(decisions))


def _exemption(each: Suggestion, who: Principal, said: FalseAlarm, reason: str, until: int) -> Exemption:
    owner = said.owner.strip() or who.name
    return Exemption(id="", reason=reason, owner=owner, expires=said.until or until, scope=each.scope)


def _of_baselines(app: Application, who: Principal, incident: Incident, alerts: Sequence[Alert]) -> Iterator[Suggestion]:
    """One for each workload whose baseline did not know something."""
    groups: dict[str, list[Alert]] = {}
    for alert in alerts:
        if alert.deviation is not None and alert.workload_id:
            groups.setdefault(alert.workload_id, []).append(alert)
    for workload, mine in groups.items():
        behaviours = tuple(dict.fromkeys(a.deviation.behaviour for a in mine if a.deviation is not None))
        behaviours = behaviours[: baseline_decisions.MOST_BEHAVIOURS]
        try:
            seen = baseline_decisions.preview(app, who, workload, Verdict.ACCEPT, behaviours)
        except (NotFoundError, UsageError):  # it is gone, or accepting this would make nearly everything normal
            continue
        hidden = summed(app, seen.alerts, looked_at=seen.total, findable=seen.total)
        yield Suggestion(
            id=stable_id("sug", "baseline", incident.id, workload),
            kind="baseline",
            title=Text(seen.name, seen.name),
            detectors=tuple(sorted({a.detector for a in mine})),
            covers=len(mine),
            workload_id=workload,
            behaviours=behaviours,
            hidden=msgspec.structs.replace(hidden, total=seen.total, high=seen.high),
        )


def _of_rules(app: Application, incident: Incident, alerts: Sequence[Alert], until: int) -> Iterator[Suggestion]:
    """Of each rule that fired: its program in this workload, and the whole rule in it."""
    groups: dict[tuple[str, str], list[Alert]] = {}
    past: dict[str, Past] = {}
    for alert in alerts:
        if alert.deviation is None:
            groups.setdefault((alert.detector, alert.workload_id or alert.asset_id), []).append(alert)
    for (detector, where), mine in sorted(groups.items())[:MOST_DETECTORS]:
        programs = tuple(sorted({_as_pattern(a.process.exe) for a in mine if a.process.exe.startswith("/")}))
        if where not in past:
            past[where] = past_alerts(app, Query(workload_id=where) if mine[0].workload_id else Query(asset_id=where))
        wide = Scope(findings=(detector,), assets=(where,))
        scopes = [("detector", wide)]
        if programs and len(programs) <= MOST_DETECTORS:
            scopes.insert(0, ("program", msgspec.structs.replace(wide, paths=programs)))
        for kind, scope in scopes:
            tried = Exemption(id="tried", reason="", owner="", expires=until, scope=scope)
            yield Suggestion(
                id=stable_id("sug", kind, incident.id, detector, where),
                kind=kind,
                title=mine[0].title,
                detectors=(detector,),
                covers=len(mine),
                scope=scope,
                hidden=alerts_hidden(app, tried, past[where]),
            )


def _as_pattern(path: str) -> str:
    """A glob that means this path: what a glob would take otherwise is one unknown character."""
    return path.replace("*", "?")[:LONGEST]
