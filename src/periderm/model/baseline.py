"""What is normal for one workload, with evidence, and how two such values become one.

Every part is a join-semilattice, so that `merge` is associative, commutative and idempotent: nodes may send what they learned
in any order and as often as they like, and a change sent alone is a Baseline that holds only what changed. Learns nothing
itself (`engines.baseline`).
"""

from __future__ import annotations

import enum
import hashlib
from typing import TypeVar

import msgspec

from periderm.model.behaviour import Aspect, Behaviour

MOST_COUNTERS = 64  # nodes whose counts are kept apart in one entry
_Key = TypeVar("_Key", str, int)


class Source(enum.StrEnum):
    """Where an entry comes from. All but OBSERVED and PERSON are known before the first start."""

    ENTRYPOINT = "entrypoint"
    COMMAND = "command"
    USER = "user"
    PORTS = "ports"
    HEALTHCHECK = "healthcheck"
    VOLUMES = "volumes"
    PACKAGES = "packages"  # the package's own files
    LIBRARIES = "libraries"  # what the loader will load
    SCRIPTS = "scripts"  # what the entrypoint's script starts
    CONFIGURATION = "configuration"  # the service's own configuration file
    RUNTIME = "runtime"  # what every container of this runtime does at its start
    MANIFEST = "manifest"  # how it is deployed
    UPGRADE = "upgrade"  # what changed in the image explains it
    OBSERVED = "observed"
    PERSON = "person"


BORN = frozenset(Source) - {Source.OBSERVED, Source.PERSON}


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Why an entry is normal.

    `counts`: how often, by node id (each node only adds to its own). `replicas` is a set of up to 64 bits, one for each
    replica by its id's hash. `first`, `last` in Unix seconds, 0 never. `hours` has a bit for each hour of the day (UTC) in
    which it happened, `days` one for each day (its number modulo 32). `bursts` counts occurrences that lay apart, `shortest`
    and `longest` are the seconds between them (0: fewer than two bursts): a rare but regular job shows here. `sources` say
    where it comes from, and `certainty` (0 to 100) how sure the surest of them is. `because` are a few words of the source
    ('/etc/nginx/nginx.conf: listen 80'). `examples` are up to three of the values that a pattern stands for.
    """

    counts: dict[str, int] = {}
    replicas: int = 0
    first: int = 0
    last: int = 0
    hours: int = 0
    days: int = 0
    bursts: int = 0
    shortest: int = 0
    longest: int = 0
    sources: tuple[Source, ...] = ()
    certainty: int = 0
    because: str = ""
    examples: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How often over all nodes."""
        return sum(self.counts.values())

    @property
    def observed(self) -> bool:
        """Whether it was ever seen to happen."""
        return Source.OBSERVED in self.sources


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A behaviour that is normal, and why."""

    behaviour: Behaviour
    evidence: Evidence


class ResourceUse(msgspec.Struct, frozen=True, kw_only=True):
    """What a program uses: for each node a histogram, pairs of (bucket, how often) sorted by bucket (`algorithms.quantiles`
    says what a bucket holds), each kept for a part of the day (`part` 0 to 5, four hours each, UTC)."""

    aspect: Aspect
    program: str
    part: int
    buckets: dict[str, tuple[tuple[int, int], ...]] = {}


class Verdict(enum.StrEnum):
    """What a person (or a policy) decided of behaviour."""

    ACCEPT = "accept"  # normal from now on, patterns allowed
    REJECT = "reject"  # never normal, however often it happens
    FORGET = "forget"  # not normal any more unless it is seen after the decision
    RELEARN = "relearn"  # learning begins again, what is there stays
    RELEASE = "release"  # alerts there were false: who was distrusted by them until now may teach again
    UNDO = "undo"  # takes the decision `undoes` back


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a baseline: what was decided, by whom and why. `time` in Unix nanoseconds. `alerts` are ids of the alerts
    that it was made from. Never removed: an undo is a decision of its own."""

    id: str
    verdict: Verdict
    time: int
    author: str
    reason: str
    behaviours: tuple[Behaviour, ...] = ()
    undoes: str = ""
    alerts: tuple[str, ...] = ()


class Phase(enum.StrEnum):
    """Where a baseline is in its life. Enforcing is a policy's choice and not told here."""

    BORN = "born"
    LEARNING = "learning"
    ALERTING = "alerting"


class Baseline(msgspec.Struct, frozen=True, kw_only=True, tag="baseline"):
    """Of one workload, whatever its replicas and nodes.

    `entries` and `resources` are sorted and unique. `images` maps digests that it ran (or was born from) to when it was first
    seen (Unix seconds). `observed` is how many seconds each node has watched it, `since` when learning began, `settled` when
    it last converged (Unix seconds, 0 never), `newest` when something new was last learned, `pace` the longest pause in
    seconds between two new behaviours before it converged. `changed` is when this value was last changed on any node.
    """

    workload_id: str
    name: str = ""
    entries: tuple[Entry, ...] = ()
    resources: tuple[ResourceUse, ...] = ()
    decisions: tuple[Decision, ...] = ()
    images: dict[str, int] = {}
    observed: dict[str, int] = {}
    since: int = 0
    settled: int = 0
    newest: int = 0
    pace: int = 0
    changed: int = 0

    @property
    def phase(self) -> Phase:
        """BORN until it was seen to run, LEARNING until it converges or again after a RELEARN, then ALERTING."""
        if not self.observed:
            return Phase.BORN
        return Phase.ALERTING if self.settled > self.last_of(Verdict.RELEARN) // 10**9 else Phase.LEARNING

    @property
    def in_force(self) -> tuple[Decision, ...]:
        """Its decisions without those that were taken back, and without what took them back, in the order of time."""
        undone = {decision.undoes for decision in self.decisions if decision.verdict is Verdict.UNDO}
        return tuple(d for d in self.decisions if d.verdict is not Verdict.UNDO and d.id not in undone)

    def last_of(self, verdict: Verdict) -> int:
        """When such a decision that is in force was last taken (Unix nanoseconds), 0 if never."""
        return max((decision.time for decision in self.in_force if decision.verdict is verdict), default=0)


def merge(old: Baseline, new: Baseline) -> Baseline:
    """Both together. They must be of one workload (ValueError otherwise)."""
    if old.workload_id != new.workload_id:
        raise ValueError(f"baselines of {old.workload_id} and {new.workload_id}")
    entries = {entry.behaviour: entry for entry in old.entries}
    for entry in new.entries:
        there = entries.get(entry.behaviour)
        entries[entry.behaviour] = entry if there is None else Entry(entry.behaviour, join(there.evidence, entry.evidence))
    uses = {(use.program, use.aspect, use.part): use for use in old.resources}
    for use in new.resources:
        key = (use.program, use.aspect, use.part)
        uses[key] = _use(uses[key], use) if key in uses else use
    decisions = {decision.id: decision for decision in (*old.decisions, *new.decisions)}
    return Baseline(
        workload_id=old.workload_id,
        name=max(old.name, new.name),
        entries=tuple(sorted(entries.values(), key=lambda entry: entry.behaviour)),
        resources=tuple(uses[key] for key in sorted(uses)),
        decisions=tuple(sorted(decisions.values(), key=lambda decision: (decision.time, decision.id))),
        images=_least(old.images, new.images),
        observed=_most(old.observed, new.observed),
        since=_first(old.since, new.since),
        settled=max(old.settled, new.settled),
        newest=max(old.newest, new.newest),
        pace=max(old.pace, new.pace),
        changed=max(old.changed, new.changed),
    )


def join(old: Evidence, new: Evidence) -> Evidence:
    """Both together."""
    if old == new:
        return old
    counts = _most(old.counts, new.counts)
    if len(counts) > MOST_COUNTERS:
        counts = {node: counts[node] for node in sorted(counts)[:MOST_COUNTERS]}
    return Evidence(
        counts=counts,
        replicas=old.replicas | new.replicas,
        first=_first(old.first, new.first),
        last=max(old.last, new.last),
        hours=old.hours | new.hours,
        days=old.days | new.days,
        bursts=max(old.bursts, new.bursts),
        shortest=_first(old.shortest, new.shortest),
        longest=max(old.longest, new.longest),
        sources=tuple(sorted({*old.sources, *new.sources})),
        certainty=max(old.certainty, new.certainty),
        because=min((each for each in (old.because, new.because) if each), default=""),
        examples=tuple(sorted({*old.examples, *new.examples})[:3]),
    )


def digest(baseline: Baseline) -> str:
    """Equal for equal baselines: by it two sides know whether they have the same (32 hex digits of BLAKE2b)."""
    return hashlib.blake2b(_encode(baseline), digest_size=16).hexdigest()


_encode = msgspec.msgpack.Encoder(order="sorted").encode


def _use(old: ResourceUse, new: ResourceUse) -> ResourceUse:
    buckets = dict(old.buckets)
    for node, counts in new.buckets.items():
        buckets[node] = tuple(sorted(_most(dict(buckets.get(node, ())), dict(counts)).items()))
    if len(buckets) > MOST_COUNTERS:
        buckets = {node: buckets[node] for node in sorted(buckets)[:MOST_COUNTERS]}
    return msgspec.structs.replace(new, buckets=buckets)


def _first(old: int, new: int) -> int:
    """The earlier of two times, 0 being none."""
    return min(old, new) if old and new else old or new


def _most(old: dict[_Key, int], new: dict[_Key, int]) -> dict[_Key, int]:
    return {key: max(old.get(key, 0), new.get(key, 0)) for key in {**old, **new}}


def _least(old: dict[str, int], new: dict[str, int]) -> dict[str, int]:
    return {key: _first(old.get(key, 0), new.get(key, 0)) for key in {**old, **new}}
