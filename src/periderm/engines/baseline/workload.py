"""What the engine holds of one workload: its baseline as others know it, what this node adds, and what is still provisional.

It answers whether behaviour is normal, takes in what is learned, and makes Baselines of it. It does not judge.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.engines.baseline.accepted import accepted, stands_for
from periderm.engines.baseline.convergence import Pace
from periderm.engines.baseline.entries import Entries
from periderm.engines.baseline.evidence import SECOND_NS, Touch
from periderm.engines.baseline.places import overreaches, script
from periderm.engines.baseline.provisional import Pending, Provisional
from periderm.engines.baseline.resources import Resources
from periderm.model.baseline import BORN, Baseline, Entry, Evidence, Phase, ResourceUse, Source, Verdict, join, merge
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import FormatError

MOST_ENTRIES = 8_192
TELL_COUNTS_SECONDS = 3600
TELL_FIGURES_SECONDS = 900
_MADE = frozenset({Aspect.WRITE, Aspect.CREATE, Aspect.CHANGE})


class Saved(msgspec.Struct, array_like=True, kw_only=True):
    """A workload in a snapshot. `untold` and `grown` are places in the baseline's entries."""

    baseline: Baseline
    untold: list[int]
    grown: list[int]
    pending: list[Pending]
    pace: Pace
    overflow: int
    told: int
    measured: int
    changed: bool
    asked: bool
    last: int
    born: list[str]


class Workload:
    """One workload on one node."""

    def __init__(self, workload_id: str, name: str, node: str) -> None:
        self.id = workload_id
        self.node = node
        self.base = Baseline(workload_id=workload_id, name=name)
        self.entries = Entries()
        self.provisional = Provisional()
        self.pace = Pace()
        self.resources = Resources(node)
        self.overflow = 0
        self.folds = 0  # how often several entries became one
        self.born: set[str] = set()  # images from whose promises it was born
        self.asked = False
        self.last = 0  # Unix seconds of its last row
        self._seen: dict[Behaviour, list[int]] = {}  # in this batch: how often, first, last, replicas
        self._heard = 0  # how often explained behaviour was seen in this batch
        self._evidence: dict[Behaviour, Entry] = {}
        self._touched: dict[Behaviour, Touch] = {}
        self._fresh: dict[Behaviour, None] = {}  # confirmed, and not told yet
        self._grown: dict[Behaviour, None] = {}  # counted since that was told
        self._rejected: tuple[Behaviour, ...] = ()
        self._told = 0
        self._measured = 0
        self._changed = False

    @property
    def name(self) -> str:
        """What people call it."""
        return self.base.name

    def phase(self, now: int) -> Phase:
        """Where it is in its life at this second; learning may end by this question."""
        phase = self.base.phase
        if phase is Phase.LEARNING and self.pace.since and self.pace.settle(now):
            self.base = msgspec.structs.replace(self.base, settled=self.pace.settled, pace=self.pace.pace)
            self._changed = True
            phase = self.base.phase
        return phase

    def find(self, behaviour: Behaviour) -> Behaviour | None:
        """The entry by which it is normal, or None."""
        found = self.entries.find(behaviour)
        if found is None or found == behaviour or behaviour.aspect not in _MADE:
            return found
        wide = overreaches(found.value, behaviour.value, promised=self._promised(found)) and not self.granted(found)
        return None if wide else found  # what a person grants is granted

    def _promised(self, entry: Behaviour) -> bool:
        """Whether the image promises it, and no script is known that it stands for."""
        known = self._evidence.get(entry)
        return (
            known is not None and not BORN.isdisjoint(known.evidence.sources) and not any(map(script, known.evidence.examples))
        )

    def confirmed(self, behaviour: Behaviour) -> bool:
        """Whether it is normal by something that is not provisional; by a pattern that it became a part of meanwhile, too."""
        if behaviour in self.provisional:
            return False
        entry = self.find(behaviour)
        return entry is not None and entry not in self.provisional

    def rejected(self, behaviour: Behaviour) -> bool:
        """Whether a person said that this is never normal."""
        return any(stands_for(pattern, behaviour) for pattern in self._rejected)

    @property
    def has_rejects(self) -> bool:
        """Whether anything was rejected at all."""
        return bool(self._rejected)

    def begin(self, now: int, image: str, *, live: bool = True) -> None:
        """It was seen to run, from this image ('' unknown). Not `live`: it ran before anybody watched, and how long it was
        quiet then says nothing; learning begins with what is seen to happen."""
        if live:
            self.last = max(self.last, now)
            self.pace.begin(now)
        if not self.base.observed.get(self.node):
            self.base = msgspec.structs.replace(
                self.base, observed={**self.base.observed, self.node: 1}, since=self.base.since or now
            )
            self._changed = True
        elif now < self.base.since:
            self.base = msgspec.structs.replace(self.base, since=now)
        if image and now < self.base.images.get(image, now + 1):
            self.base = msgspec.structs.replace(self.base, images={**self.base.images, image: now})
            self._changed = True

    def watch(self, seconds: int) -> None:
        """It was watched for so much longer."""
        observed = self.base.observed.get(self.node, 0) + seconds
        self.base = msgspec.structs.replace(self.base, observed={**self.base.observed, self.node: observed})

    def granted(self, entry: Behaviour) -> bool:
        """Whether it is normal only because a person said so. Such an entry is not learned: the decision can be undone."""
        return entry not in self._evidence and entry not in self.provisional

    def see(self, entry: Behaviour, count: int, time: int, replica: int, until: int = 0) -> None:
        """Normal behaviour happened, from `time` to `until` (0: at once). It counts from the end of the batch on (`turn`), so
        that it makes no difference which rows of a batch were looked at first."""
        self._heard += count
        seen = self._seen.get(entry)
        if seen is None:
            self._seen[entry] = [count, time, max(time, until), replica]
            return
        seen[0] += count
        seen[1], seen[2] = min(seen[1], time), max(seen[2], time, until)
        seen[3] |= replica

    def turn(self) -> None:
        """The batch has ended."""
        if self._heard:
            self.count()
            self.pace.rows += self._heard
            self._heard = 0

    def count(self) -> None:
        """What was seen becomes evidence."""
        seen, self._seen = self._seen, {}
        for entry, (count, first, last, replicas) in seen.items():
            # One that became part of a pattern in this batch counts there.
            found = self.entries.find(entry) if self.granted(entry) else entry
            if found is None or self.granted(found):
                continue
            touch = self.provisional.touch(found) or self._touched.get(found)
            if touch is None:
                touch = self._touched[found] = self._touch(found)
            touch.see(count, first, replicas, last)

    def learn(self, behaviour: Behaviour, doers: list[int], count: int, time: int, replica: int, *, news: bool) -> bool:
        """From now on it is normal here; false if there is no room. `news`: it would have been told if learning were over."""
        if len(self.entries) >= MOST_ENTRIES:
            self.overflow += 1
            return False
        now = time // SECOND_NS
        if news and self.base.phase is not Phase.ALERTING:
            self.pace.news(now)
        pending = Pending(behaviour, now, doers, Touch())
        pending.touch.see(count, time, replica)
        self.provisional.add(pending)
        self.entries.add(behaviour)
        return True

    def fold(self, pattern: Behaviour, behaviours: Iterable[Behaviour], examples: tuple[str, ...], now: int) -> None:
        """Several that are provisional become one pattern, which is as provisional as the latest of them."""
        if pattern in self.provisional:
            return
        parts = [self.provisional.take(each) for each in behaviours if each in self.provisional]
        if not parts:
            return
        touch = Touch()
        for part in parts:
            touch.join(part.touch)
            self.entries.discard(part.behaviour)
        doers = sorted({key for part in parts for key in part.doers})
        since = max(part.since for part in parts)
        self.folds += 1
        self.provisional.add(Pending(pattern, min(since, now), doers, touch, examples))
        self.entries.add(pattern)

    def withdraw(self, keys: frozenset[int]) -> list[Behaviour]:
        """Takes back what these processes taught; what it was."""
        gone = self.provisional.withdraw(keys)
        for behaviour in gone:
            if behaviour not in self._evidence:
                self.entries.discard(behaviour)
        return gone

    def confirm(self, now: int) -> None:
        """What was provisional for long enough becomes part of the baseline."""
        for pending in self.provisional.due(now):
            behaviour = pending.behaviour
            self._fresh[behaviour] = None
            touch = self._touched.get(behaviour)
            if touch is None:
                touch = self._touched[behaviour] = self._touch(behaviour)
            touch.join(pending.touch)
            evidence = Evidence(sources=(Source.OBSERVED,), certainty=100, examples=pending.examples)
            there = self._evidence.get(behaviour)
            self._evidence[behaviour] = Entry(behaviour, evidence if there is None else join(there.evidence, evidence))
            self.base = msgspec.structs.replace(self.base, newest=max(self.base.newest, pending.touch.first))

    def _touch(self, behaviour: Behaviour) -> Touch:
        """Counters that go on where the evidence is."""
        entry = self._evidence.get(behaviour)
        if entry is None:
            return Touch()
        known = entry.evidence
        return Touch(last=known.last, bursts=known.bursts, shortest=known.shortest, longest=known.longest)

    def know(self, baseline: Baseline) -> None:
        """Takes in what others learned or decided."""
        old = self._collect()
        merged = merge(old, baseline) if (old.entries or old.observed or old.decisions or old.images) else baseline
        again = merged.last_of(Verdict.RELEARN) > old.last_of(Verdict.RELEARN)
        self._set(merged)
        if again:
            self.pace = Pace(rows=0)

    def baseline(self) -> Baseline:
        """What may be told: nothing provisional."""
        return self._collect()

    def promise(self, baseline: Baseline) -> None:
        """Takes in what nobody knows yet: it is told with the next news."""
        self.know(baseline)
        self._fresh.update(dict.fromkeys(entry.behaviour for entry in baseline.entries))

    def news(self, now: int) -> Baseline | None:
        """What changed since the last call; counts alone are told once an hour, figures every quarter of one."""
        self.turn()
        figures = self.resources.changed and now - self._measured >= TELL_FIGURES_SECONDS
        counts = bool(self._touched or self._grown) and now - self._told >= TELL_COUNTS_SECONDS
        if not (self._fresh or self._changed or counts or figures):
            return None
        whole = self._collect()
        wanted = self._fresh
        if counts:
            wanted = {**wanted, **self._grown}
            self._grown, self._told = {}, now
        uses: tuple[ResourceUse, ...] = ()
        if figures:
            uses, self._measured = self.resources.uses(changed=True), now
        entries = tuple(entry for entry in whole.entries if entry.behaviour in wanted)
        self._fresh, self._changed = {}, False
        return msgspec.structs.replace(whole, entries=entries, resources=uses, decisions=(), changed=now)

    def pack(self) -> bytes:
        """For a snapshot; the same bytes as long as nothing changed."""
        whole = self._collect()
        places = {entry.behaviour: place for place, entry in enumerate(whole.entries)} if self._fresh or self._grown else {}
        saved = Saved(
            baseline=whole,
            untold=sorted(places[behaviour] for behaviour in self._fresh),
            grown=sorted(places[behaviour] for behaviour in self._grown),
            measured=self._measured,
            pending=self.provisional.dump(),
            pace=self.pace,
            overflow=self.overflow,
            told=self._told,
            changed=self._changed,
            asked=self.asked,
            last=self.last,
            born=sorted(self.born),
        )
        return _ENCODER.encode(saved)

    @classmethod
    def unpack(cls, packed: bytes, node: str) -> Workload:
        """From a snapshot. Raises FormatError if the bytes are damaged."""
        try:
            saved = _DECODER.decode(packed)
            fresh = [saved.baseline.entries[place].behaviour for place in saved.untold]
            grown = [saved.baseline.entries[place].behaviour for place in saved.grown]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, IndexError) as error:
            raise FormatError("A baseline in the engine's state is damaged.", "Start without the state.") from error
        found = cls(saved.baseline.workload_id, saved.baseline.name, node)
        found.provisional = Provisional(saved.pending)
        found._set(saved.baseline)
        found.pace, found.overflow, found.asked, found.last = saved.pace, saved.overflow, saved.asked, saved.last
        found.born = set(saved.born)
        found._told, found._changed, found._fresh = saved.told, saved.changed, dict.fromkeys(fresh)
        found._grown, found._measured = dict.fromkeys(grown), saved.measured
        return found

    def _set(self, baseline: Baseline) -> None:
        self.base = msgspec.structs.replace(baseline, entries=(), resources=())
        self.resources.load(baseline.resources)
        self._evidence = {entry.behaviour: entry for entry in baseline.entries}
        self._touched = {}
        normal = accepted(baseline) if baseline.decisions else baseline.entries
        self.entries = Entries(entry.behaviour for entry in normal)
        for pending in self.provisional.dump():
            self.entries.add(pending.behaviour)
        self._rejected = tuple(b for d in baseline.in_force if d.verdict is Verdict.REJECT for b in d.behaviours)

    def _collect(self) -> Baseline:
        """Everything that is confirmed, counters put in."""
        self.turn()
        if self._touched:
            for behaviour, touch in self._touched.items():
                entry = self._evidence.get(behaviour)
                if entry is None:
                    continue  # normal by a decision: there is no entry to count in
                counted = entry.evidence.counts.get(self.node, 0)
                self._evidence[behaviour] = Entry(behaviour, join(entry.evidence, touch.evidence(self.node, counted)))
                self._grown[behaviour] = None
            self._touched = {}
        entries = tuple(self._evidence[behaviour] for behaviour in sorted(self._evidence))
        return msgspec.structs.replace(self.base, entries=entries, resources=self.resources.uses())


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Saved)
