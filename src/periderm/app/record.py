"""Writing this machine's runtime events into a file, without judging them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from periderm.flow.attribute import Attribution
from periderm.flow.observed import Meeting, batch_of
from periderm.model.asset import Container, Node
from periderm.model.event import Subject
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
    """Records for `seconds` (0: until interrupted). `only` names a container whose events alone are wanted ('' for all).
    Returns the number of events. The sensor enforces nothing."""
    began = clock.monotonic()
    looked = began - LOOK_NS
    events = 0
    attribution = Attribution(node, runtimes, clock)
    meeting = Meeting()
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
    return isinstance(subject, Container) and only in (subject.name, subject.container_id, subject.container_id[:12])


def _program(sensor: Sensor, attribution: Attribution, node: Node, only: str) -> None:
    """Tells the sensor who is who, and with `only` whose events are wanted."""
    sensor.set_subjects(attribution.subjects())
    if not only:
        return
    sensor.set_policy(node, KernelPolicy(report=False))
    for container in attribution.running.values():
        sensor.set_policy(container, KernelPolicy(report=_wanted(only, container)))
