"""Several alerts, findings and effects made into one incident: the same values give the same incident, in any order.

Pure and bounded: 10,000 alerts give a chain of at most MAX_STEPS steps, and `alerts` counts them all. It does not
decide which alerts belong together; that is `grouping`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.correlate import chain as chains
from periderm.correlate import links, story, tree, weigh
from periderm.correlate.words import plain
from periderm.model.alert import Alert
from periderm.model.asset import Ownership
from periderm.model.effect import EffectRecord, EffectState, KillAtExec, KillProcess, PauseContainer, ResumeContainer
from periderm.model.errors import UsageError
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory
from periderm.model.incident import ChainStep, Incident, IncidentState
from periderm.model.text import Text

MAX_EFFECTS = 200
_RANK = {state: position for position, state in enumerate(EffectState)}


def current(effects: Iterable[EffectRecord]) -> dict[str, EffectRecord]:
    """The record that holds for each effect id: the latest; of equal times the state that comes later in a life."""
    latest: dict[str, EffectRecord] = {}
    for record in effects:
        known = latest.get(record.effect.id)
        if known is None or _age(record) > _age(known):
            latest[record.effect.id] = record
    return latest


def _age(record: EffectRecord) -> tuple[int, int, str]:
    return record.time, _RANK[record.state], repr(record)


def _applied(records: Mapping[str, EffectRecord]) -> dict[str, EffectRecord]:
    """What was done and still holds: applied, and a pause only if no later resume was applied."""
    done = {key: record for key, record in records.items() if record.state is EffectState.APPLIED}
    undone = {record.effect.undoes for record in done.values() if isinstance(record.effect, ResumeContainer)}
    return {key: record for key, record in done.items() if key not in undone}


def _ours(
    records: Mapping[str, EffectRecord], incident_id: str, steps: Iterable[ChainStep], asset_ids: frozenset[str]
) -> dict[str, EffectRecord]:
    """The effects that are about this incident: by its id, by an alert, or by a process that acted in it."""
    alert_ids, keys = set(), set()
    for step in steps:
        alert_ids.add(step.alert_id)
        keys.add(step.process_key)

    def about(record: EffectRecord) -> bool:
        effect = record.effect
        if effect.incident_id == incident_id or effect.alert_id in alert_ids:
            return True
        if isinstance(effect, KillAtExec | KillProcess):
            return effect.process_key in keys and effect.asset_id in asset_ids
        return False

    return {key: record for key, record in records.items() if about(record)}


def build(  # noqa: PLR0917 -- each argument is one kind of value, in the order in which the river meets them
    incident_id: str,
    alerts: Sequence[Alert],
    findings: Sequence[Finding] = (),
    effects: Sequence[EffectRecord] = (),
    inventory: ImageInventory | None = None,
    previous: Incident | None = None,
    *,
    ownership: Ownership | None = None,
    total: int = 0,
    host: str = "",
) -> Incident:
    """The incident that these alerts are.

    alerts: all at hand, or only those that are new since `previous`: what `previous` has and is not given again stays.
    findings, inventory: of the image; effects: any records, those of other incidents are passed over.
    ownership: whose it is, which weighs. total: how many alerts the incident has, where more are stored than are given.
    host: the machine's name, by which an incident of the plain host is told: of many, 'the host' says nothing.
    previous: keeps its state, but a resolved one is new again when something happens later; `revision` is its own plus
    one, and it is returned itself if nothing changed.
    Raises UsageError if there is neither an alert nor a previous incident.
    """
    known = chains.merge(alerts)
    if not known and previous is None:
        raise UsageError("An incident needs at least one alert.")
    earlier = previous.chain if previous else ()
    head = _head(known, previous)
    asset_ids = frozenset({alert.asset_id for alert in known.values()} | {head.asset_id})
    records = current(effects)
    # Which step a response is about; most incidents have none.
    provisional = [*earlier, *chains.order(known, (), frozenset())] if records else []
    ours = _ours(records, incident_id, provisional, asset_ids)
    done = _applied(ours)
    kills = [r.effect for r in done.values() if isinstance(r.effect, KillAtExec | KillProcess)]
    paused = any(isinstance(record.effect, PauseContainer) for record in done.values())
    stopped_alerts = frozenset(effect.alert_id or _last_of(provisional, effect.process_key) for effect in kills)
    steps = chains.order(known, earlier, stopped_alerts)
    chain = chains.keep(steps)
    processes = tree.processes(
        known, chain, previous.processes if previous else (), frozenset(effect.process_key for effect in kills)
    )
    secrets = links.secret_paths(findings, inventory)
    held = weigh.Held(paused, any(record.state is EffectState.DRY_RUN for record in ours.values()))
    severity, reasons = weigh.weigh(chain, processes, secrets, ownership or Ownership(), held)
    in_time = sorted(steps, key=lambda step: (step.time, step.alert_id))
    place = story.where(head.container_name, head.container_id, host)
    who = story.actor(known.get(in_time[0].alert_id), processes)
    name = plain(head.container_name, 60) or plain(head.container_id[:12], 60)
    made = msgspec.structs.replace(
        head,
        id=incident_id,
        title=story.title(Text(name, name) if name else story.the_host(host), chain),
        summary=story.tell(who, place, in_time, known, done),
        severity=severity,
        reasons=reasons,
        chain=chain,
        processes=processes,
        findings=links.link(findings, chain, processes, previous.findings if previous else ()),
        effects=_effect_ids(ours, previous),
        alerts=max(len(steps), total, previous.alerts if previous else 0),
        stopped=paused or any(step.stopped for step in steps) or (previous is not None and previous.stopped and not ours),
    )
    if previous is None or msgspec.structs.replace(made, revision=previous.revision) == previous:
        return made if previous is None else previous
    return msgspec.structs.replace(made, revision=previous.revision + 1)


def _last_of(steps: Iterable[ChainStep], process_key: int) -> str:
    """The alert of a process's latest step: what a kill that names no alert stopped. '' if it has none."""
    own = [(step.time, step.alert_id) for step in steps if step.process_key == process_key]
    return max(own, default=(0, ""))[1]


def _effect_ids(ours: Mapping[str, EffectRecord], previous: Incident | None) -> tuple[str, ...]:
    """Effects in the order in which they were decided, after those that are not at hand any more."""
    gone = [effect_id for effect_id in (previous.effects if previous else ()) if effect_id not in ours]
    here = sorted(ours, key=lambda effect_id: (ours[effect_id].effect.decided_at, effect_id))
    return tuple([*gone, *here][:MAX_EFFECTS])


def _head(known: Mapping[str, Alert], previous: Incident | None) -> Incident:
    """What names the incident: from `previous`, else from its first alert; and the span of time of both."""
    first = min(known.values(), key=lambda alert: (alert.time, alert.id), default=None)
    starts = [alert.time for alert in known.values()]
    ends = [max(alert.time, alert.last_time) for alert in known.values()]
    if previous is not None:
        last = max([previous.last_time, *ends])
        again = previous.state is IncidentState.RESOLVED and last > previous.last_time
        return msgspec.structs.replace(
            previous,
            state=IncidentState.NEW if again else previous.state,
            first_time=min([previous.first_time, *starts]),
            last_time=last,
        )
    if first is None:
        raise UsageError("An incident needs at least one alert.")
    return Incident(
        id="",
        title=Text("", ""),
        summary=Text("", ""),
        severity=first.severity,
        reasons=(),
        state=IncidentState.NEW,
        node_id=first.node_id,
        asset_id=first.asset_id,
        chain=(),
        processes=(),
        findings=(),
        effects=(),
        first_time=min(starts),
        last_time=max(ends),
        workload_id=first.workload_id,
        container_id=first.container_id,
        container_name=plain(first.container_name, 128),
        image_digest=first.image_digest,
    )
