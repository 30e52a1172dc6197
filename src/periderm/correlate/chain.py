"""Alerts put in the order of an attack: each gets one ATT&CK tactic, and the chain keeps what tells most of a flood.

It does not judge how bad the chain is, nor say it in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.correlate.words import plain, sentence
from periderm.model import attack
from periderm.model.alert import Alert
from periderm.model.incident import ChainStep
from periderm.model.severity import Severity

MAX_STEPS = 200
NO_TECHNIQUE_TACTIC = "TA0002"  # something ran, more is not known


def merge(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """One alert for each id, whatever the order in which copies came: the process that began it (a later copy may name
    the one that repeated it), earliest time, greatest count and last time, killed if any copy says so of it; all else from
    the copy with the greatest count, then the latest."""
    copies: dict[str, list[Alert]] = {}
    for alert in alerts:
        copies.setdefault(alert.id, []).append(alert)
    return {alert_id: same[0] if len(same) == 1 else _merged(same) for alert_id, same in copies.items()}


def _merged(copies: Sequence[Alert]) -> Alert:
    best = max(copies, key=lambda copy: (copy.count, copy.last_time, copy.time, repr(copy)))
    first = min(copies, key=lambda copy: (copy.count, copy.time, copy.last_time, repr(copy)))
    killed = any(copy.process.killed for copy in copies if copy.process.key == first.process.key)
    return msgspec.structs.replace(
        best,
        time=min(copy.time for copy in copies),
        last_time=max(max(copy.time, copy.last_time) for copy in copies),
        process=msgspec.structs.replace(first.process, killed=killed),
        lineage=first.lineage,
    )


def place(techniques: Sequence[str], reached: int, fallback: str) -> tuple[str, str]:
    """Tactic and technique of a step. A detector names first the technique that tells most: so the first one that has a
    tactic at or after position `reached`, with the earliest such tactic; if none has, the first with its latest tactic.
    Techniques that the catalogue does not know count as none; if there is none, `fallback` is the tactic."""
    known = [attack.technique(technique) for technique in techniques if attack.known(technique)]
    for technique in known:
        for tactic in technique.tactics:
            if attack.tactic_order(tactic) >= reached:
                return tactic, technique.id
    return (known[0].tactics[-1], known[0].id) if known else (fallback, "")


def _step(alert: Alert, tactic: str, technique: str, *, process_key: int, time: int, stopped: bool) -> ChainStep:
    return ChainStep(
        alert_id=alert.id,
        detector=plain(alert.detector),
        tactic=tactic,
        technique=technique,
        time=time,
        title=sentence(alert.title),
        message=sentence(alert.message, 500),
        severity=alert.severity,
        process_key=process_key,
        object=plain(alert.object, 512),
        stopped=stopped,
    )


def order(alerts: Mapping[str, Alert], earlier: Iterable[ChainStep], stopped_alerts: frozenset[str]) -> list[ChainStep]:
    """All steps, by tactic and then by time.

    `earlier` are steps of before whose alerts may not be at hand any more; an alert at hand replaces its step, but the
    process that began it stays. What a detector says again stands where it stood before. A step once stopped stays
    stopped.
    """
    steps = {step.alert_id: step for step in earlier}
    moments = {step.alert_id: step.time for step in steps.values()}
    for given in alerts.values():
        moments[given.id] = min(given.time, moments.get(given.id, given.time))
    places: dict[tuple[str, str], tuple[str, str]] = {}
    reached, tactic = 0, NO_TECHNIQUE_TACTIC
    for alert_id in sorted(moments, key=lambda key: (moments[key], key)):
        alert, step = alerts.get(alert_id), steps.get(alert_id)
        stopped = alert_id in stopped_alerts or (step is not None and step.stopped)
        if alert is not None:
            said = plain(alert.detector), " ".join(alert.techniques)
            tactic, technique = places.setdefault(said, place(alert.techniques, reached, tactic))
            began = alert.process.key if step is None or alert.time < step.time else step.process_key
            stopped = stopped or (alert.process.killed and alert.process.key == began)
            steps[alert_id] = _step(alert, tactic, technique, process_key=began, time=moments[alert_id], stopped=stopped)
        elif step is not None:
            tactic = step.tactic
            steps[alert_id] = msgspec.structs.replace(step, stopped=stopped)
        reached = max(reached, attack.tactic_order(tactic))
    return sorted(steps.values(), key=lambda step: (attack.tactic_order(step.tactic), step.time, step.alert_id))


def keep(steps: Sequence[ChainStep], limit: int = MAX_STEPS) -> tuple[ChainStep, ...]:
    """At most `limit` steps in their order: first one of each detector, then what was stopped, is worst, came first."""
    if len(steps) <= limit:
        return tuple(steps)
    first: dict[str, ChainStep] = {}
    for step in sorted(steps, key=lambda step: (step.time, step.alert_id)):
        first.setdefault(step.detector, step)
    leading = {step.alert_id for step in first.values()}
    ranked = sorted(
        steps,
        key=lambda step: (step.alert_id not in leading, not step.stopped, -step.severity, step.time, step.alert_id),
    )
    kept = {step.alert_id for step in ranked[:limit]}
    return tuple(step for step in steps if step.alert_id in kept)


def worst(steps: Iterable[ChainStep]) -> Severity:
    """The greatest severity of the steps."""
    return max((step.severity for step in steps), default=Severity.UNKNOWN)
