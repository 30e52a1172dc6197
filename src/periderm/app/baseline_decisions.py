"""What a person decides of a baseline: accept, reject, generalise, forget, learn again, take back. Every decision is a version
with author and reason, and says beforehand which past alerts it would have hidden and what else it allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from periderm.algorithms.path_patterns import collapse, generalise
from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.baselines import behaviour_id, deviations, review, show_baseline, stands_for_many
from periderm.engines.baseline.accepted import accepted, stands_for
from periderm.model.alert import Alert
from periderm.model.baseline import Baseline, Decision, Entry, Verdict
from periderm.model.behaviour import Aspect, Behaviour, Dimension
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.ids import stable_id
from periderm.model.principal import Permission, Principal

MOST_BEHAVIOURS = 1_000
MOST_ALERTS = 5_000  # that one decision names
LONGEST = 1_000
SHOWN = 100
_EVERYTHING = frozenset(("*", "**", "/*", "/**", "* *", "* /**", "* /*"))
_FILES = frozenset((Aspect.READ, Aspect.WRITE, Aspect.CREATE, Aspect.EXECUTE, Aspect.CHANGE))


class DecisionPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision would do: `alerts` are past alerts that an acceptance would have hidden (`total` of them, the first
    shown), `entries` those of the baseline that it stands for, or that a rejection takes out."""

    workload_id: str
    name: str
    verdict: Verdict
    behaviours: tuple[Behaviour, ...]
    alerts: tuple[Alert, ...] = ()
    total: int = 0
    high: int = 0
    entries: tuple[Entry, ...] = ()


def chosen(
    app: Application, who: Principal, reference: str, names: Iterable[str], *, event_type: str = "", everything: bool = False
) -> tuple[Behaviour, ...]:
    """Behaviours by what a person typed: the beginning of an id that a review or the baseline showed, or of an alert's; all
    that wait of one event type, or all that wait. Raises NotFoundError, UsageError for a beginning that fits several."""
    seen = review(app, who, reference)
    found = [w.behaviour for w in seen.waiting if everything or (event_type and w.deviation.event_type == event_type)]
    known: dict[str, Behaviour] = {w.id: w.behaviour for w in seen.waiting}
    known |= {alert: w.behaviour for w in seen.waiting for alert in w.alerts}
    wanted = list(names)
    if wanted:
        entries = accepted(show_baseline(app, who, reference))
        known |= {behaviour_id(entry.behaviour): entry.behaviour for entry in entries}
    found += [_one(known, name) for name in wanted]
    if not found:
        raise NotFoundError("Nothing that waits for review fits.", f"See what waits: periderm baseline review {seen.name}")
    return tuple(dict.fromkeys(found))


def _one(known: dict[str, Behaviour], name: str) -> Behaviour:
    fitting = {known[each] for each in known if each.startswith(name)} if len(name) >= 4 else set()
    if name in known:
        return known[name]
    if len(fitting) > 1:
        raise UsageError(f"{len(fitting)} behaviours begin with {name!r}.", "Give more letters of the id.")
    if not fitting:
        raise NotFoundError(f"No behaviour or alert has the id {name!r}.", "`periderm baseline review` and `show` print ids.")
    return fitting.pop()


def wider(behaviours: Sequence[Behaviour]) -> tuple[Behaviour, ...]:
    """The same with patterns where several differ only in a number, a name that a program made up, or one folder's files;
    for connections, where at least three peers on one port are meant, any peer."""
    groups: dict[tuple[Aspect, str, str], list[str]] = defaultdict(list)
    for each in behaviours:
        lead, value = _split(each)
        groups[each.aspect, each.program, lead].append(value)
    found: list[Behaviour] = []
    for (aspect, program, lead), values in groups.items():
        found += [Behaviour(aspect, program, f"{lead} {value}" if lead else value) for value in _widened(aspect, values)]
    return tuple(sorted(dict.fromkeys(found)))


def preview(
    app: Application, who: Principal, reference: str, verdict: Verdict, behaviours: Sequence[Behaviour]
) -> DecisionPreview:
    """What the decision would do if it were taken now. Changes nothing. Raises UsageError for one that cannot be taken."""
    baseline = show_baseline(app, who, reference)
    _check(verdict, behaviours)
    hits = _hits(app, baseline, behaviours)
    meant = _Meant(behaviours)
    entries = tuple(entry for entry in accepted(baseline) if entry.behaviour in meant)
    return DecisionPreview(
        workload_id=baseline.workload_id,
        name=baseline.name,
        verdict=verdict,
        behaviours=tuple(behaviours),
        alerts=tuple(hits[:SHOWN]),
        total=len(hits),
        high=sum(1 for alert in hits if alert.severity >= 4),
        entries=entries[:SHOWN],
    )


def decide(
    app: Application, who: Principal, reference: str, behaviours: Sequence[Behaviour], *, verdict: Verdict, reason: str
) -> Decision:
    """Takes a decision that holds at once, on every node within seconds. Raises UsageError, NotFoundError."""
    require(who, Permission.POLICY)
    _check(verdict, behaviours)
    baseline = show_baseline(app, who, reference)
    dealt = _hits(app, baseline, behaviours) if verdict in (Verdict.ACCEPT, Verdict.REJECT) else []
    alerts = tuple(sorted(alert.id for alert in dealt[:MOST_ALERTS]))
    told = tuple(sorted(dict.fromkeys(behaviours)))
    return _put(app, who, baseline, _draft(verdict, reason, behaviours=told, alerts=alerts))


def record(
    app: Application, who: Principal, baseline: Baseline, behaviours: tuple[Behaviour, ...], *, verdict: Verdict, reason: str
) -> Decision:
    """A decision about any number of behaviours, as imports take them; no alerts are looked at."""
    require(who, Permission.POLICY)
    return _put(app, who, baseline, _draft(verdict, reason, behaviours=tuple(sorted(set(behaviours)))))


def relearn(app: Application, who: Principal, reference: str, reason: str) -> Decision:
    """Learning begins again; what is there stays."""
    require(who, Permission.POLICY)
    return _put(app, who, show_baseline(app, who, reference), _draft(Verdict.RELEARN, reason))


def release(app: Application, who: Principal, reference: str, reason: str) -> Decision:
    """Alerts there were false: whoever was distrusted by them until now may teach again. What is told is told still."""
    require(who, Permission.POLICY)
    return _put(app, who, show_baseline(app, who, reference), _draft(Verdict.RELEASE, reason))


def undo(app: Application, who: Principal, reference: str, name: str, reason: str) -> Decision:
    """Takes a decision back, by its id or the beginning of it. Raises NotFoundError; UsageError if it was taken back."""
    require(who, Permission.POLICY)
    baseline = show_baseline(app, who, reference)
    fitting = [d for d in baseline.decisions if d.id == name or (len(name) >= 6 and d.id.startswith(name))]
    if len(fitting) != 1:
        raise NotFoundError(f"No single decision has the id {name!r}.", "`periderm baseline show --versions` lists them.")
    if fitting[0].verdict is Verdict.UNDO or fitting[0] not in baseline.in_force:
        raise UsageError(f"{fitting[0].id} was taken back, or takes another back.", "Take the decision again instead.")
    return _put(app, who, baseline, _draft(Verdict.UNDO, reason, undoes=fitting[0].id))


def _draft(
    verdict: Verdict, reason: str, *, behaviours: tuple[Behaviour, ...] = (), alerts: tuple[str, ...] = (), undoes: str = ""
) -> Decision:
    """What `_put` signs with name and time. Raises UsageError without a reason."""
    if not reason.strip() or len(reason) > LONGEST:
        raise UsageError("A decision needs a reason.", f"Say why in a sentence, in at most {LONGEST} characters.")
    told = reason.strip()
    return Decision(id="", verdict=verdict, time=0, author="", reason=told, behaviours=behaviours, undoes=undoes, alerts=alerts)


def _put(app: Application, who: Principal, baseline: Baseline, draft: Decision) -> Decision:
    now = app.clock.now()
    name = stable_id("dec", baseline.workload_id, draft.verdict, now, who.name, draft.undoes, draft.behaviours)
    made = msgspec.structs.replace(draft, id=name, time=now, author=who.name)
    with app.store.transaction():
        app.store.put_baselines([Baseline(workload_id=baseline.workload_id, decisions=(made,), changed=now // 10**9)])
        told = f"{len(made.behaviours)} behaviours of {baseline.name or baseline.workload_id}: {made.reason}"
        note(app, who, f"baseline.{made.verdict.value}", baseline.workload_id, told)
    return made


def _check(verdict: Verdict, behaviours: Sequence[Behaviour]) -> None:
    """Raises UsageError for nothing, for too much at once, and for what would make everything normal."""
    if not behaviours:
        raise UsageError("There is nothing to decide.", "Name what you mean by its id, or --all that waits.")
    if len(behaviours) > MOST_BEHAVIOURS:
        raise UsageError(f"{len(behaviours)} behaviours at once, at most {MOST_BEHAVIOURS}.", "Decide them in parts.")
    for told in behaviours:
        everyone = told.program in _EVERYTHING
        everything = told.value in _EVERYTHING and (told.dimension is Dimension.FILE or told.aspect is Aspect.PROGRAM)
        if verdict is Verdict.ACCEPT and (everything or (everyone and "*" in told.value) or (everyone and not told.value)):
            raise UsageError(
                f"{told.aspect.value} {told.program} {told.value} would make nearly everything normal.", "Say it more narrowly."
            )


def _hits(app: Application, baseline: Baseline, behaviours: Sequence[Behaviour]) -> list[Alert]:
    """Past alerts about these behaviours, the newest first."""
    meant = _Meant(behaviours)
    return [alert for alert in deviations(app, baseline.workload_id) if alert.deviation and alert.deviation.behaviour in meant]


class _Meant:
    """Behaviours, and what those of them with patterns stand for."""

    def __init__(self, behaviours: Sequence[Behaviour]) -> None:
        self._exact = set(behaviours)
        self._patterns = [behaviour for behaviour in behaviours if stands_for_many(behaviour)]

    def __contains__(self, behaviour: Behaviour) -> bool:
        return behaviour in self._exact or any(stands_for(told, behaviour) for told in self._patterns)


def _split(behaviour: Behaviour) -> tuple[str, str]:
    """What comes before the part of a value that may be widened, and that part."""
    if behaviour.aspect in (Aspect.CHANGE, Aspect.CONNECT, Aspect.ACCEPT):
        lead, _, value = behaviour.value.partition(" ")
        return (lead, value) if value else ("", lead)
    return "", behaviour.value


def _widened(aspect: Aspect, values: list[str]) -> Iterable[str]:
    if aspect in _FILES:
        return collapse({generalise(value) for value in values}, many=3)
    if aspect in (Aspect.CONNECT, Aspect.ACCEPT) and len(set(values)) >= 3 and not any("/" in value for value in values):
        return ["*"]
    if aspect is Aspect.RESOLVE:
        return _names(values)
    return values


def _names(values: list[str]) -> Iterable[str]:
    """Names below one domain of at least two labels, if they are three or more, become `*.DOMAIN`."""
    below: dict[str, list[str]] = defaultdict(list)
    for value in values:
        below[value.partition(".")[2]].append(value)
    for domain, several in below.items():
        if len(set(several)) >= 3 and "." in domain:
            yield f"*.{domain}"
        else:
            yield from several
