"""Writing this machine's runtime events into a file, without judging them."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence

import numpy as np

from periderm.flow.attribute import Attribution
from periderm.flow.observed import Meeting, batch_of
from periderm.model.asset import Container, Node
from periderm.model.event import EventBatch, Subject
from periderm.ports.clock import Clock
from periderm.ports.containers import ContainerRuntime
from periderm.ports.sensor import KernelPolicy, Recorder, Sensor

LOOK_NS = 10**9


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
    looked = began - LOOK_NS
    events = 0
    attribution = Attribution(node, runtimes, clock)
    meeting = Meeting()
    apart = Apart(only)
    sensor.start()
    try:
        _program(sensor, attribution, node, only)
        while not seconds or clock.monotonic() - began < seconds * 1e9:
            if clock.monotonic() - looked >= LOOK_NS:
                looked = clock.monotonic()
                if attribution.replace([c for r in runtimes for c in r.containers()]):
                    _program(sensor, attribution, node, only)
            batch, found = attribution.apply(sensor.read(0.2))
            if found:
                _program(sensor, attribution, node, only)
            events += _met(recorder, meeting, attribution, clock.now(), only)
            batch = apart.of(batch)
            if len(batch):
                recorder.write(batch)
                events += len(batch)
                progress(f"{events} events recorded")
    except KeyboardInterrupt:
        pass
    finally:
        sensor.stop()
        recorder.close()
    return events


def _met(recorder: Recorder, meeting: Meeting, attribution: Attribution, now: int, only: str) -> int:
    """Writes a row for each container that is new, so that a replay judges what it was given. How many."""
    rows = [row for row in meeting.meet(attribution.running.values(), now) if not only or _wanted(only, row.subject)]
    if rows:
        meeting.generation += 1
        recorder.write(batch_of(attribution.node, rows, meeting.generation))
    return len(rows)


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


def _program(sensor: Sensor, attribution: Attribution, node: Node, only: str) -> None:
    """Tells the sensor who is who, and with `only` whose events are wanted."""
    sensor.set_subjects(attribution.subjects())
    if not only:
        return
    sensor.set_policy(node, KernelPolicy(report=False))
    for container in attribution.running.values():
        sensor.set_policy(container, KernelPolicy(report=_wanted(only, container)))
