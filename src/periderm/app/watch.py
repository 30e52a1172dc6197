"""Watching one node: the agent's threads, started and stopped in order. What they do is in flow."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

from periderm.flow.control import Control
from periderm.flow.outbox import Outbox
from periderm.flow.payloads import Looks
from periderm.flow.remember import Remembering
from periderm.flow.standing import StandingEffects
from periderm.flow.watch import Watch
from periderm.ports.bus import Bus
from periderm.ports.sensor import Recorder, Sensor

JOIN_SECONDS = 8.0


@dataclasses.dataclass(frozen=True, slots=True)
class Agent:
    """All parts of a running agent. `keep` leaves the pinned programs in the kernel for the next agent."""

    watch: Watch
    control: Control
    outbox: Outbox
    sensor: Sensor
    bus: Bus
    recorder: Recorder | None = None
    remembering: Remembering | None = None
    standing: StandingEffects | None = None
    close: Callable[[], None] = lambda: None
    looks: Looks | None = None


def watch_node(agent: Agent, stop: threading.Event, *, keep: Callable[[], bool]) -> None:
    """Runs until `stop` is set or the source of events ends. Events that were read are judged, made durable and, if the
    server answers, sent before this returns. Raises SensorError when the sensor fails."""
    sending = threading.Thread(target=agent.outbox.run, args=(stop,), name="sender", daemon=True)
    controlling = threading.Thread(target=agent.control.run, args=(stop,), name="control", daemon=True)
    others = [controlling, sending]
    watched = threading.Event()  # not `stop`: what is read after that is kept too
    if agent.remembering is not None:
        others.append(threading.Thread(target=agent.remembering.run, args=(watched,), name="history", daemon=True))
    if agent.looks is not None:
        others.append(threading.Thread(target=agent.looks.run, args=(watched,), name="content", daemon=True))
    if agent.standing is not None:
        others.append(threading.Thread(target=agent.standing.run, args=(stop,), name="responses", daemon=True))
    try:
        agent.control.discover()
        for thread in reversed(others):
            thread.start()
        agent.watch.run(stop)
        # What ended just now is told as ended, while the sender still runs.
        agent.control.discover()
    finally:
        stop.set()
        watched.set()
        # The control thread asks the sensor for its counters: it ends first.
        for thread in others:
            if thread.is_alive():
                thread.join(JOIN_SECONDS)
        agent.close()
        agent.sensor.stop(keep=keep())
        if agent.recorder is not None:
            agent.recorder.close()
        agent.bus.close()
