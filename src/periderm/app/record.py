"""Writing this machine's runtime events into a file, without judging them.

Whose the first events of a container are is known only after them: where one container alone is wanted, all are held back for
so long, in memory, and what turns out to be of another one is written nowhere.
"""

from __future__ import annotations

import fnmatch
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from periderm.flow.attribute import Attribution
from periderm.flow.observed import Meeting, batch_of
from periderm.model.asset import Container, Node
from periderm.model.event import EventBatch, Subject
from periderm.ports.clock import Clock
from periderm.ports.containers import ContainerRuntime
from periderm.ports.sensor import KernelPolicy, Recorder, Sensor

LOOK_NS = 10**9
SOON_NS = LOOK_NS // 5  # where a container that starts must be met before it has ended
HOLD_NS = 3 * 10**9
MOST_HELD = 200_000  # rows


def record(
    sensor: Sensor,
    recorder: Recorder,
    node: Node,
    runtimes: Sequence[ContainerRuntime],
    clock: Clock,
    *,
    seconds: float,
    only: str,
    progress: Callable[[str], None],
) -> int:
    """Records for `seconds` (0: until interrupted). `only` is a glob on the names (or an id) of the containers whose events
    alone are wanted ('' for all): of nothing else anything is written, not even of what ran before.
    Returns the number of events. The sensor enforces nothing."""
    began = clock.monotonic()
    pause = SOON_NS if only else LOOK_NS
    looked = began - pause
    attribution = Attribution(node, runtimes, clock)
    writing = Writing(recorder, attribution, clock, only)
    sensor.start()
    try:
        _program(sensor, attribution, only)
        while not seconds or clock.monotonic() - began < seconds * 1e9:
            if clock.monotonic() - looked >= pause:
                looked = clock.monotonic()
                if attribution.replace([c for r in runtimes for c in r.containers()]):
                    _program(sensor, attribution, only)
            batch, found = attribution.apply(sensor.read(0.2))
            if found:
                _program(sensor, attribution, only)
            if writing.take(batch):
                progress(f"{writing.events} events recorded")
    except KeyboardInterrupt:
        pass
    finally:
        sensor.stop()
        writing.write(0)
        recorder.close()
    return writing.events


class Writing:
    """Batches on their way into the file; `events` are those that were written."""

    def __init__(self, recorder: Recorder, attribution: Attribution, clock: Clock, only: str) -> None:
        self._recorder = recorder
        self._attribution = attribution
        self._clock = clock
        self._only = only
        self._apart = Apart(only)
        self._meeting = Meeting()
        self._held: deque[tuple[int, EventBatch]] = deque()
        self._rows = 0
        self._known: dict[str, Container] = {}  # all that ran, also those that have ended
        self._begun: dict[str, int] = {}
        self.events = 0

    def take(self, batch: EventBatch) -> bool:
        """The next batch; whether something was written."""
        before = self.events
        self._meet()
        if not self._only:
            self._put(batch)
        else:
            if len(batch):
                self._held.append((self._clock.monotonic(), batch))
                self._rows += len(batch)
            self.write(HOLD_NS)
        return self.events > before

    def write(self, age: int) -> None:
        """Writes what is held for longer than `age` ns, and what is too much to hold."""
        while self._held and (self._rows > MOST_HELD or self._clock.monotonic() - self._held[0][0] >= age):
            _, batch = self._held.popleft()
            self._rows -= len(batch)
            self._put(self._apart.of(late(batch, self._known.values(), self._begun)))

    def _put(self, batch: EventBatch) -> None:
        if len(batch):
            self._recorder.write(batch)
            self.events += len(batch)

    def _meet(self) -> None:
        """Writes a row for each container that is new, so that a replay judges what it was given."""
        running = [each for each in self._attribution.running.values() if not self._only or _wanted(self._only, each)]
        self._known.update((each.id, each) for each in running)
        rows = self._meeting.meet(running, self._clock.now())
        if rows:
            self._meeting.generation += 1
            self._put(batch_of(self._attribution.node, rows, self._meeting.generation))


def late(batch: EventBatch, known: Iterable[Container], begun: dict[str, int]) -> EventBatch:
    """The batch with the subjects that were known only after it: by cgroup, which a container's first process is in before
    anything else, and from that moment on (`begun`, Unix ns, kept here) by mount namespace, the number of which may have been
    another one's. What was somebody's stays so."""
    rows = batch.rows
    subjects = list(batch.subjects)
    for container in known:
        if not container.cgroup:
            continue
        theirs = (rows["subject"] == 0) & (rows["cgroup"] == container.cgroup)
        if theirs.any():
            begun.setdefault(container.id, int(rows["time"][theirs].min()))
        since = begun.get(container.id)
        if since is not None and container.mount_namespace not in (0, subjects[0].mount_namespace):
            inside = (rows["mntns"] == container.mount_namespace) & (rows["time"] >= since)
            theirs |= (rows["subject"] == 0) & inside
        if theirs.any():
            if rows is batch.rows:
                rows = rows.copy()
            rows["subject"][theirs] = len(subjects)
            subjects.append(container)
    return batch if rows is batch.rows else EventBatch(rows, batch.strings, tuple(subjects), batch.generation)


def _wanted(only: str, subject: Subject) -> bool:
    if not isinstance(subject, Container):
        return False
    return fnmatch.fnmatchcase(subject.name, only) or only in (subject.container_id, subject.container_id[:12])


class Apart:
    """Keeps only the rows of the wanted containers, with a table that holds only their strings and subjects: what a file
    for somebody else must not tell is not in it."""

    def __init__(self, only: str) -> None:
        self._only = only
        self._generation: int | None = None
        self._numbers: dict[int, int] = {0: 0}
        self._strings: list[str] = [""]

    def of(self, batch: EventBatch) -> EventBatch:
        """The wanted rows; the batch itself where all are wanted by whoever asked."""
        if not self._only or not len(batch):
            return batch
        if batch.generation != self._generation:
            self._generation, self._numbers, self._strings = batch.generation, {0: 0}, [""]
        places = [index for index, subject in enumerate(batch.subjects) if _wanted(self._only, subject)]
        rows = batch.rows[np.isin(batch.rows["subject"], places)].copy()
        for name in ("exe", "text", "raw", "args", "comm"):
            rows[name] = [self._number(batch, number) for number in rows[name].tolist()]
        rows["subject"] = [places.index(place) for place in rows["subject"].tolist()]
        return EventBatch(rows, self._strings, tuple(batch.subjects[place] for place in places), batch.generation)

    def _number(self, batch: EventBatch, number: int) -> int:
        if number not in self._numbers:
            self._numbers[number] = len(self._strings)
            self._strings.append(batch.strings[number])
        return self._numbers[number]


def _program(sensor: Sensor, attribution: Attribution, only: str) -> None:
    """Tells the sensor who is who, and with `only` whose events are not wanted. The machine's own are told all the same: a
    container begins as one of its processes."""
    sensor.set_subjects(attribution.subjects())
    if not only:
        return
    for container in attribution.running.values():
        sensor.set_policy(container, KernelPolicy(report=_wanted(only, container)))
