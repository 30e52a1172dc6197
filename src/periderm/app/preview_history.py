"""What a policy would have hit in the past: programs, opens and calls that history kept, and alerts that would have been
answered. Changes nothing, and holds no more than counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import msgspec
import numpy as np

from periderm.algorithms.path_patterns import Patterns
from periderm.app.application import Application, require
from periderm.engines.baseline.enforcing import programs_of
from periderm.engines.runtime.response import decide, holding_policy
from periderm.model.asset import Container, Node
from periderm.model.baseline import Phase
from periderm.model.effect import KillAtExec
from periderm.model.event import EventBatch, EventFlag, EventKind, Subject
from periderm.model.event_query import EventQuery
from periderm.model.policy import Policy, PolicyMode
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, every
from periderm.model.severity import Severity
from periderm.ports.history import History

MOST_ROWS = 20_000_000
MOST_HITS = 1000
MOST_ALERTS = 10_000
_KINDS = (EventKind.EXEC, EventKind.OPEN, EventKind.MODULE, EventKind.PTRACE, EventKind.MOUNT)


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that would have been hit `count` times: `cause` is 'drift', 'memory', 'list', 'open', 'module', 'ptrace',
    'mount', 'baseline' (a program that the workload's baseline does not know), or the response that an alert would have had;
    `what` the program, file or detector. Times: Unix nanoseconds."""

    cause: str
    container: str
    what: str
    count: int
    first: int
    last: int


class PastPreview(msgspec.Struct, frozen=True, kw_only=True):
    """`hits` are sorted by count; `whole` is false if not all of the past was looked at. `attacks` are alerts of rules, high or
    worse, about workloads whose baseline would have been enforced; `stopped` those whose program would have been killed."""

    policy: Policy
    since: int
    until: int
    rows: int
    hits: tuple[Hit, ...]
    containers: tuple[str, ...]
    whole: bool = True
    attacks: int = 0
    stopped: int = 0


def preview_history(app: Application, who: Principal, history: History, policy: Policy, since: int) -> PastPreview:
    """As if the policy had been in force (in mode `enforce`) since then, in place of the stored one with its id."""
    require(who, Permission.READ)
    now = app.clock.now()
    stored = [p for p in app.store.policies() if p.id != policy.id]
    everyone = [*stored, msgspec.structs.replace(policy, mode=PolicyMode.ENFORCE, canary=100)]
    normal = _Normal(app) if policy.enforce_baseline else None
    found: dict[tuple[str, str, str], list[int]] = {}
    rows, whole = 0, True
    kinds = tuple(kind for kind in _KINDS if _wanted(policy, kind))
    for batch in history.batches(EventQuery(since=since, until=now, kinds=kinds)) if kinds else ():
        rows += len(batch)
        for cause, subject, what, count, time in _hits(batch, policy, everyone, normal):
            whole &= _add(found, (cause, subject.name, what), count, time)
        if rows >= MOST_ROWS:
            whole = False
            break
    for cause, name, what, count, time in _answers(app, policy, everyone, since):
        whole &= _add(found, (cause, name, what), count, time)
    hits = [
        Hit(cause=cause, container=name, what=what, count=count, first=first, last=last)
        for (cause, name, what), (count, first, last) in found.items()
    ]
    hits.sort(key=lambda hit: (-hit.count, hit.container, hit.what))
    containers = tuple(sorted({hit.container for hit in hits}))
    attacks, stopped = _attacks(app, policy, everyone, since, normal) if normal is not None else (0, 0)
    return PastPreview(
        policy=policy,
        since=since,
        until=now,
        rows=rows,
        hits=tuple(hits),
        containers=containers,
        whole=whole,
        attacks=attacks,
        stopped=stopped,
    )


def _add(found: dict[tuple[str, str, str], list[int]], key: tuple[str, str, str], count: int, time: int) -> bool:
    """False if there are too many different ones to tell."""
    old = found.get(key)
    if old is None:
        if len(found) >= MOST_HITS:
            return False
        found[key] = [count, time, time]
        return True
    old[0] += count
    old[1], old[2] = min(old[1], time), max(old[2], time)
    return True


def _wanted(policy: Policy, kind: EventKind) -> bool:
    return {
        EventKind.EXEC: policy.kill_drift or policy.kill_memory or policy.enforce_baseline or bool(policy.kill_executables),
        EventKind.OPEN: bool(policy.refuse_open),
        EventKind.MODULE: policy.refuse_modules,
        EventKind.PTRACE: policy.refuse_ptrace,
        EventKind.MOUNT: policy.refuse_mount,
    }.get(kind, False)


class _Normal:
    """The programs that the workloads' baselines know."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._programs: dict[str, Patterns | None] = {}

    def cause(self, subject: Subject, path: str, flags: EventFlag) -> str:
        """Why an exec would have been killed: 'baseline', or ''. A workload without a converged baseline is not enforced."""
        workload = subject.normal_id
        if workload not in self._programs:
            baseline = self._app.store.baseline(workload)
            converged = baseline is not None and baseline.phase is Phase.ALERTING
            self._programs[workload] = Patterns(programs_of(baseline)) if baseline is not None and converged else None
        known = self._programs[workload]
        if known is None:
            return ""
        strange = flags & (EventFlag.UPPER | EventFlag.MEMORY_BACKED) or known.find(path) is None
        return "baseline" if strange else ""


def _hits(
    batch: EventBatch, policy: Policy, everyone: list[Policy], normal: _Normal | None
) -> Iterator[tuple[str, Subject, str, int, int]]:
    """Rows of a batch that the policy would have hit; only subjects that it would have held for."""
    held = [isinstance(s, Container) and holding_policy(s, everyone).id == policy.id for s in batch.subjects]
    rows = batch.rows[np.asarray(held, dtype=bool)[batch.rows["subject"]]]
    for row in rows[["kind", "flags", "subject", "text", "count", "time"]].tolist():
        kind, flags, subject, text, count, time = row
        path = batch.strings[text]
        cause = _cause(policy, EventKind(kind), EventFlag(flags), path)
        if not cause and normal is not None and kind == EventKind.EXEC:
            cause = normal.cause(batch.subjects[subject], path, EventFlag(flags))
        if cause:
            yield cause, batch.subjects[subject], path, count, time


def _cause(policy: Policy, kind: EventKind, flags: EventFlag, path: str) -> str:
    if kind is EventKind.EXEC:
        causes = (
            (policy.kill_drift and bool(flags & EventFlag.UPPER), "drift"),
            (policy.kill_memory and bool(flags & EventFlag.MEMORY_BACKED), "memory"),
            (path in policy.kill_executables, "list"),
        )
        return next((cause for holds, cause in causes if holds), "")
    if kind is EventKind.OPEN:
        return "open" if path in policy.refuse_open else ""
    return {EventKind.MODULE: "module", EventKind.PTRACE: "ptrace", EventKind.MOUNT: "mount"}.get(kind, "")


def _attacks(app: Application, policy: Policy, everyone: list[Policy], since: int, normal: _Normal) -> tuple[int, int]:
    """(all, those whose program would have been killed before its first instruction)."""
    grave = every(app.store.alerts, Query(since=since, severity_at_least=Severity.HIGH, limit=1000))
    attacks = stopped = 0
    for alert in itertools.islice((alert for alert in grave if alert.deviation is None), MOST_ALERTS):
        subject = app.store.asset(alert.asset_id)
        if not isinstance(subject, Container) or holding_policy(subject, everyone).id != policy.id:
            continue
        attacks += 1
        flags = EventFlag.UPPER if alert.process.drifted else EventFlag(0)
        stopped += bool(normal.cause(subject, alert.process.exe, flags))
    return attacks, stopped


def _answers(app: Application, policy: Policy, everyone: list[Policy], since: int) -> Iterator[tuple[str, str, str, int, int]]:
    """Stored alerts that the policy would have answered by itself."""
    if not policy.on_alert:
        return
    for alert in every(app.store.alerts, Query(since=since, limit=1000), MOST_ALERTS):
        subject = app.store.asset(alert.asset_id)
        if not isinstance(subject, Container | Node) or holding_policy(subject, everyone).id != policy.id:
            continue
        for effect in decide(alert, everyone, subject, alert.time):
            if not isinstance(effect, KillAtExec):
                kind = str(type(effect).__struct_config__.tag)
                yield kind, subject.name, alert.detector, 1, alert.time
