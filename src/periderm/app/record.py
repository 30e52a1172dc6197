"""Writing this machine's runtime events into a file, without judging them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from periderm.model.asset import Container, Node
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
    began = looked = clock.monotonic()
    events = 0
    sensor.start()
    try:
        subjects = _look(sensor, node, runtimes, only)
        while not seconds or clock.monotonic() - began < seconds * 1e9:
            batch = sensor.read(0.2)
            if len(batch):
                recorder.write(batch)
                events += len(batch)
                progress(f"{events} events recorded")
            if clock.monotonic() - looked > LOOK_NS:
                looked = clock.monotonic()
                subjects = _look(sensor, node, runtimes, only, subjects)
    except KeyboardInterrupt:
        pass
    finally:
        sensor.stop()
        recorder.close()
    return events


def _look(
    sensor: Sensor, node: Node, runtimes: Sequence[ContainerRuntime], only: str, known: Sequence[Container] = ()
) -> tuple[Container, ...]:
    running = tuple(c for r in runtimes if not r.available() for c in r.containers())
    if running != tuple(known) or not known:
        sensor.set_subjects([node, *running])
        if only:
            sensor.set_policy(node, KernelPolicy(report=False))
            for container in running:
                wanted = only in (container.name, container.container_id, container.container_id[:12])
                sensor.set_policy(container, KernelPolicy(report=wanted))
    return running
