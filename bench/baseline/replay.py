"""Gives a recording to the baseline engine, with all rules off, and keeps what it told. Prints nothing.

The calm part is replayed as often as hours are wanted, each time as a later day of new containers (a repeated round shows what
state and time make of the same deeds; it holds no new ones). Each attack is judged from the same state, that at the end of
the first round, so that no attack explains another.
"""

from __future__ import annotations

import dataclasses
import gc
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np
from _noise_judge import batches, moved
from baseline.record import PREFIX, Mark
from baseline.sampling import Sample

from periderm.engines.baseline.engine import BaselineEngine
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.baseline import Baseline
from periderm.model.event import EventBatch, Tick
from periderm.model.image import ImageInventory
from periderm.model.resource_sample import ResourceSample

SECOND = 10**9
PAUSE = 60 * SECOND


@dataclasses.dataclass(slots=True)
class Told:
    """A deviation and when, counted from the first start of its workload."""

    alert: Alert
    age: float  # seconds
    round: int


@dataclasses.dataclass(slots=True)
class Kept:
    """What a recording holds. `start` and `calm` bound the part without attacks, `upgraded` begins that of the new images."""

    batches: list[EventBatch]
    marks: list[Mark]
    samples: list[Sample]
    images: dict[str, ImageInventory]
    workloads: dict[str, str]  # workload id -> our name
    containers: dict[str, Container]  # by the runtime's id
    start: int
    calm: int
    upgraded: int
    end: int

    def attacks(self) -> list[Mark]:
        """Those that could be carried out."""
        return [mark for mark in self.marks if mark.what == "attack" and not mark.wrong]

    def hours(self, began: int, ended: int) -> dict[str, float]:
        """For how long each workload was up in that time."""
        found: dict[str, float] = {}
        for mark in self.marks:
            if mark.what == "up" and (both := min(ended, mark.ended) - max(began, mark.began)) > 0:
                found[mark.workload] = found.get(mark.workload, 0.0) + both / SECOND / 3600
        return found


def load(folder: Path, but: str = "") -> Kept:
    """A folder that `record` filled. `but`: a pattern of programs whose rows are left out, of what ran on the machine and was
    taken for a container's by the agent of that time."""
    marks = msgspec.json.decode((folder / "marks.json").read_bytes(), type=list[Mark])
    images = msgspec.msgpack.decode((folder / "images.msgpack").read_bytes(), type=dict[str, ImageInventory])
    every = [_without(batch, re.compile(but)) if but else batch for batch in batches(folder / "events.prec")]
    containers = {
        s.container_id: s for b in every for s in b.subjects if isinstance(s, Container) and s.name.startswith(PREFIX)
    }
    up = [mark for mark in marks if mark.what == "up"]
    end = max(mark.ended for mark in up)
    upgraded = min((mark.began for mark in up if mark.version == 2), default=end)
    calm = min((mark.began for mark in marks if mark.what == "attack"), default=upgraded)
    return Kept(
        batches=every,
        marks=marks,
        samples=msgspec.msgpack.decode((folder / "samples.msgpack").read_bytes(), type=list[Sample]),
        images=images,
        workloads={c.workload_id: c.name.removeprefix(PREFIX) for c in containers.values()},
        containers=containers,
        start=min(mark.began for mark in up),
        calm=calm,
        upgraded=upgraded,
        end=end,
    )


def _without(batch: EventBatch, but: re.Pattern[str]) -> EventBatch:
    """The batch without what processes of such programs did."""
    rows = batch.rows
    gone = np.zeros(len(rows), bool)
    for column in ("exe", "text", "comm"):  # of the strings only those that it uses: the table grows with the recording
        gone |= np.isin(rows[column], [text for text in np.unique(rows[column]).tolist() if but.search(batch.strings[text])])
    gone |= np.isin(rows["process"], np.unique(rows["process"][gone]))
    return EventBatch(rows[~gone], batch.strings, batch.subjects, batch.generation) if gone.any() else batch


class Replay:
    """One engine and what it told."""

    def __init__(self, kept: Kept, without: Iterable[str] = ()) -> None:
        """`without` are sources of births that are left out (values of model.baseline.Source)."""
        self.kept = kept
        self.without = frozenset(without)
        self.node = next(s for b in kept.batches for s in b.subjects if isinstance(s, Node))
        self.engine = self._new()
        self.told: list[Told] = []
        self.events = 0
        self.cost = 0.0
        self._spans = [(int(b.rows["time"].min()), int(b.rows["time"].max())) if len(b) else (0, -1) for b in kept.batches]

    def _new(self) -> BaselineEngine:
        engine = BaselineEngine(self.node)
        for reference, inventory in self.kept.images.items():
            if reference.endswith(":1"):
                engine.learn_image(self._left(inventory))
        return engine

    def _left(self, inventory: ImageInventory) -> ImageInventory:
        facts = inventory.start_facts
        if not self.without or facts is None:
            return inventory
        kept = tuple(fact for fact in facts.facts if fact.source not in self.without)
        return msgspec.structs.replace(inventory, start_facts=msgspec.structs.replace(facts, facts=kept))

    def baselines(self) -> dict[str, Baseline]:
        """Of our workloads, by our name."""
        found = {name: self.engine.baseline(identity) for identity, name in self.kept.workloads.items()}
        return {name: baseline for name, baseline in found.items() if baseline is not None}

    def calm(self, number: int) -> None:
        """The part without attacks, as round `number`."""
        span = self.kept.calm - self.kept.start + PAUSE
        self._pass(0, self.kept.calm, number, number * span)

    def attack(self, mark: Mark) -> list[Told]:
        """What is told of one attack, of its workload only; this engine goes on as if there had been none."""
        return self._apart(lambda: self._pass(mark.began, mark.ended, 0, 0, only=mark.workload))

    def seen(self, mark: Mark, name: re.Pattern[str]) -> bool:
        """Whether a file of such a name was touched while an attack lasted."""
        for batch in self._between(mark.began, mark.ended, mark.workload):
            inside = np.unique(batch.rows["text"][batch.rows["subject"] > 0])  # the attacker writes on the host
            if any(name.search(batch.strings[text]) for text in inside.tolist()):
                return True
        return False

    def upgrade(self) -> list[Told]:
        """What is told of the new images; this engine goes on as if there had been none."""

        def go() -> None:
            for reference, inventory in self.kept.images.items():
                if reference.endswith(":2"):
                    self.engine.learn_image(self._left(inventory))
            self._pass(self.kept.upgraded, self.kept.end, 0, 0)

        # An old container still saves on its way out what an attack left in it.
        began = {mark.workload: mark.began for mark in self.kept.marks if mark.what == "up" and mark.version == 2}
        names = self.kept.workloads
        return [told for told in self._apart(go) if told.alert.last_time >= began.get(names[told.alert.workload_id], 0)]

    def _apart(self, go: Callable[[], None]) -> list[Told]:
        """In a child, which has all of the state at once and keeps what becomes of it to itself."""
        out, into = os.pipe()
        gc.freeze()  # a collection in the child would copy all that it shares
        child = os.fork()
        if not child:
            gc.disable()
            os.close(out)
            before = len(self.told)
            go()
            with open(into, "wb") as pipe:
                pipe.write(msgspec.msgpack.encode(self.told[before:]))
            os._exit(0)
        os.close(into)
        with open(out, "rb") as answer:
            data = answer.read()
        os.waitpid(child, 0)
        return msgspec.msgpack.decode(data, type=list[Told])

    def _pass(self, began: int, ended: int, number: int, shift: int, only: str = "") -> None:
        """Rows, samples and ticks of a span of time, `shift` nanoseconds later."""
        began_cost = time.process_time()
        samples = iter(sorted((s for s in self.kept.samples if began <= s.time < ended), key=lambda s: s.time))
        waiting = next(samples, None)
        ticked = 0
        for batch in self._between(began, ended, only):
            later = moved(batch, number, shift)
            now = int(later.rows["time"].max())
            self.events += len(later)
            self._note(self.engine.feed(later), number)
            due = []
            while waiting is not None and waiting.time + shift <= now:
                due.append(waiting)
                waiting = next(samples, None)
            if due:
                self._note(self.engine.sample(self._samples(due, number, shift, only)), number)
            if now - ticked >= SECOND:
                ticked = now
                self._note(self.engine.tick(Tick(now)), number)
        self.cost += time.process_time() - began_cost

    def _between(self, began: int, ended: int, only: str) -> Iterator[EventBatch]:
        for index, batch in enumerate(self.kept.batches):
            first, last = self._spans[index]
            if last < began or first >= ended:
                continue
            rows = batch.rows
            mask = (rows["time"] >= began) & (rows["time"] < ended)
            if only:
                ours = [0, *(i for i, s in enumerate(batch.subjects) if s.name == PREFIX + only)]
                mask &= np.isin(rows["subject"], ours)
            if mask.all() and len(rows):
                yield batch
            elif mask.any():
                yield EventBatch(rows[mask], batch.strings, batch.subjects, batch.generation)

    def _samples(self, some: list[Sample], number: int, shift: int, only: str) -> list[ResourceSample]:
        found = []
        for sample in some:
            subject = self.kept.containers.get(sample.container)
            if subject is None or (only and subject.name != PREFIX + only):
                continue
            if number:
                subject = msgspec.structs.replace(subject, id=f"{subject.id}-{number}")
            found.append(
                ResourceSample(
                    subject=subject, program=sample.program, time=sample.time + shift, pid=sample.pid, user=sample.user,
                    cpu=sample.cpu, memory=sample.memory, files=sample.files,
                )
            )  # fmt: skip
        return found

    def _note(self, alerts: list[Alert], number: int) -> None:
        for alert in alerts:
            if alert.workload_id in self.kept.workloads:
                self.told.append(Told(alert, (alert.last_time - self.kept.start) / SECOND, number))
