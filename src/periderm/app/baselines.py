"""Reading baselines: list them, find and show one, what waits for review, what nobody needed for long, compare two. Decides
and changes nothing (`app.baseline_decisions`)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.engines.baseline.accepted import accepted, stands_for
from periderm.model.alert import Alert
from periderm.model.baseline import Baseline, Decision, Entry, Verdict
from periderm.model.baseline_summary import BaselineSummary
from periderm.model.behaviour import Behaviour, Dimension
from periderm.model.deviation import Deviation
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.ids import stable_id
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query, every
from periderm.model.severity import Severity
from periderm.model.text import Text

MOST_ALERTS = 20_000  # of one workload that a review looks at
AT_ONCE = 1_000
UNUSED_DAYS = 30


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A deviation that nobody has decided: all alerts of one workload about one behaviour. `alert` is the latest of them."""

    id: str
    behaviour: Behaviour
    deviation: Deviation
    title: Text
    message: Text
    severity: Severity
    alerts: tuple[str, ...]
    containers: tuple[str, ...]
    count: int
    first: int
    last: int
    alert: str
    incident: str = ""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a person, the gravest first. `whole` is false if there were too many alerts to look at all."""

    workload_id: str
    name: str
    waiting: tuple[Waiting, ...]
    looked_at: int
    whole: bool


class Version(msgspec.Struct, frozen=True):
    """A decision, and the one that took it back ('' if it holds)."""

    decision: Decision
    undone_by: str = ""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Two baselines side by side, by what is normal in each."""

    left: str
    right: str
    only_left: tuple[Entry, ...]
    only_right: tuple[Entry, ...]
    both: int


def list_baselines(app: Application, who: Principal, query: Query) -> Page[BaselineSummary]:
    """A page of them, the latest changed first."""
    require(who, Permission.READ)
    return app.store.baselines(query)


def show_baseline(app: Application, who: Principal, reference: str) -> Baseline:
    """The one of a workload, named by its id, its name, or a part of its name that no other has. Raises NotFoundError,
    UsageError for a part that several have."""
    require(who, Permission.READ)
    found = app.store.baseline(reference)
    if found is not None:
        return found
    page = app.store.baselines(Query(text=reference, limit=AT_ONCE)) if reference else Page[BaselineSummary](())
    fitting = [each for each in page.items if each.name == reference] or list(page.items)
    if len(fitting) > 1:
        names = ", ".join(f"{each.name} ({each.workload_id})" for each in fitting[:5])
        raise UsageError(f"{len(fitting)} workloads are called like {reference!r}: {names}.", "Name one by its id.")
    found = app.store.baseline(fitting[0].workload_id) if fitting else None
    if found is None:
        raise NotFoundError(f"There is no baseline of {reference!r}.", "`periderm baseline list` names those that there are.")
    return found


def normal(baseline: Baseline) -> tuple[Entry, ...]:
    """What counts as normal once people's decisions are applied."""
    return accepted(baseline)


def review(app: Application, who: Principal, reference: str) -> Review:
    """The deviations of a workload that wait for a decision."""
    baseline = show_baseline(app, who, reference)
    decided = _Decided(baseline)
    groups: dict[Behaviour, list[Alert]] = {}
    looked_at = 0
    for alert in deviations(app, baseline.workload_id):
        looked_at += 1
        if alert.deviation is not None and not decided.covers(alert):
            groups.setdefault(alert.deviation.behaviour, []).append(alert)
    waiting = [_waiting(alerts) for alerts in groups.values()]
    waiting.sort(key=lambda each: (-each.severity, -each.deviation.surprise, -each.last, each.id))
    return Review(
        workload_id=baseline.workload_id,
        name=baseline.name,
        waiting=tuple(waiting),
        looked_at=looked_at,
        whole=looked_at < MOST_ALERTS,
    )


def deviations(app: Application, workload_id: str) -> Iterator[Alert]:
    """Alerts of a workload that its baseline raised, the newest first, at most MOST_ALERTS."""
    known = every(app.store.alerts, Query(workload_id=workload_id, limit=AT_ONCE))
    return itertools.islice((alert for alert in known if alert.deviation is not None), MOST_ALERTS)


def versions(baseline: Baseline) -> tuple[Version, ...]:
    """Its decisions, the latest first."""
    undone = {d.undoes: d.id for d in baseline.decisions if d.verdict is Verdict.UNDO}
    return tuple(Version(d, undone.get(d.id, "")) for d in reversed(baseline.decisions))


def unused(app: Application, who: Principal, reference: str, days: int = UNUSED_DAYS) -> tuple[Entry, ...]:
    """Entries that nobody needed for so long, though the workload ran: what may be removed. What a person accepted is theirs
    to keep. Raises UsageError for less than a day."""
    if not 1 <= days <= 3660:
        raise UsageError(f"{days} days are not possible.", "Give 1 to 3660.")
    baseline = show_baseline(app, who, reference)
    since = app.clock.now() // 10**9 - days * 86_400
    if not baseline.since or baseline.since > since or baseline.changed < since:
        return ()  # it was not watched for so long, or does not run any more: nothing can be said
    return tuple(e for e in accepted(baseline) if e.evidence.last < since and "person" not in e.evidence.sources)


def compare(left: Baseline, right: Baseline) -> Compared:
    """What is normal in one and not in the other."""
    of_left = {entry.behaviour: entry for entry in accepted(left)}
    of_right = {entry.behaviour: entry for entry in accepted(right)}
    return Compared(
        left=left.name or left.workload_id,
        right=right.name or right.workload_id,
        only_left=_without(of_left.values(), of_right),
        only_right=_without(of_right.values(), of_left),
        both=len(of_left.keys() & of_right.keys()),
    )


def behaviour_id(behaviour: Behaviour) -> str:
    """A short name for a behaviour, to be typed: the same everywhere."""
    return stable_id("beh", behaviour.aspect.value, behaviour.program, behaviour.value)[:16]


def stands_for_many(behaviour: Behaviour) -> bool:
    """Whether it is a pattern, or a block of addresses: all others are compared as they are, which costs nothing."""
    if "*" in behaviour.program or "*" in behaviour.value:
        return True
    return behaviour.dimension is Dimension.NETWORK and "/" in behaviour.value.rpartition(" ")[2]


def _without(entries: Iterable[Entry], others: dict[Behaviour, Entry]) -> tuple[Entry, ...]:
    """Those that no entry of the others is or stands for."""
    patterns = [b for b in others if stands_for_many(b)]
    fresh = [e for e in entries if e.behaviour not in others]
    return tuple(e for e in fresh if not any(stands_for(pattern, e.behaviour) for pattern in patterns))


class _Decided:
    """Which alerts people have dealt with: accepted behaviour for ever, rejected until the decision."""

    def __init__(self, baseline: Baseline) -> None:
        decisions = baseline.in_force
        self._alerts = {name for d in decisions if d.verdict is Verdict.ACCEPT for name in d.alerts}
        self._exact: dict[Behaviour, int] = {}
        self._patterns: list[tuple[Behaviour, int]] = []
        for decision in decisions:
            if decision.verdict in (Verdict.ACCEPT, Verdict.REJECT):
                until = decision.time if decision.verdict is Verdict.REJECT else 1 << 63
                for told in decision.behaviours:
                    self._exact[told] = max(until, self._exact.get(told, 0))
                    if stands_for_many(told):
                        self._patterns.append((told, until))

    def covers(self, alert: Alert) -> bool:
        assert alert.deviation is not None  # noqa: S101 -- only deviations are asked about
        behaviour = alert.deviation.behaviour
        if alert.id in self._alerts or alert.last_time <= self._exact.get(behaviour, 0):
            return True
        return any(alert.last_time <= until and stands_for(told, behaviour) for told, until in self._patterns)


def _waiting(alerts: Sequence[Alert]) -> Waiting:
    """The alerts of one behaviour, the newest first."""
    newest = alerts[0]
    deviation = newest.deviation
    assert deviation is not None  # noqa: S101 -- they were grouped by it
    return Waiting(
        id=behaviour_id(deviation.behaviour),
        behaviour=deviation.behaviour,
        deviation=deviation,
        title=newest.title,
        message=newest.message,
        severity=Severity(max(alert.severity for alert in alerts)),
        alerts=tuple(alert.id for alert in alerts),
        containers=tuple(sorted({alert.container_name for alert in alerts if alert.container_name})),
        count=sum(alert.count for alert in alerts),
        first=min(alert.time for alert in alerts),
        last=max(alert.last_time for alert in alerts),
        alert=newest.id,
        incident=next((alert.incident_id for alert in alerts if alert.incident_id), ""),
    )
