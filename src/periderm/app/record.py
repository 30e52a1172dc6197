"""Writing this machine's runtime events into a file, without judging them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from periderm.flow.attribute import Attribution
from periderm.model.asset import Node
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


def _program(sensor: Sensor, attribution: Attribution, node: Node, only: str) -> None:
    """Tells the sensor who is who, and with `only` whose events are wanted."""
    sensor.set_subjects(attribution.subjects())
    if not only:
        return
    sensor.set_policy(node, KernelPolicy(report=False))
    for container in attribution.running.values():
        wanted = only in (container.name, container.container_id, container.container_id[:12])
        sensor.set_policy(container, KernelPolicy(report=wanted))
