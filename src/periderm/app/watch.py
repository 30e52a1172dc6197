"""Watching one node: the agent's threads, started and stopped in order. What they do is in flow."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext

from periderm.flow.control import Control
from periderm.flow.following import Following
from periderm.flow.outbox import Outbox
from periderm.flow.payloads import Looks
from periderm.flow.remember import Remembering
from periderm.flow.renewing import Renewing
from periderm.flow.sharing import Sharing
from periderm.flow.standing import StandingEffects
from periderm.flow.steady import Steady
from periderm.flow.watch import Watch
from periderm.ports.bus import Bus
from periderm.ports.sensor import Recorder, Sensor

STOP_SECONDS = 10.0  # for all threads together: the supervisor waits 15 s for the process, systemd 30
SENDING_SECONDS = 5.0  # of them, for sending what waits; the rest waits in the spool


@dataclasses.dataclass(frozen=True, slots=True)
class Agent:
    """All parts of a running agent. `door` answers probes and scrapers while it runs."""

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
    renewing: Renewing | None = None
    sharing: Sharing | None = None
    following: Following | None = None
    door: AbstractContextManager[object] = dataclasses.field(default_factory=nullcontext)


def watch_node(agent: Agent, stop: threading.Event, *, keep: Callable[[], bool]) -> None:
    """Runs until `stop` is set or the source of events ends. Events that were read are judged, made durable and, if the
    server answers, sent before this returns, which is within ten seconds or so of `stop` also where nobody answers. Raises
    SensorError when the sensor fails."""
    sending = Steady(agent.outbox.run, stop, "sender")
    controlling = Steady(agent.control.run, stop, "control")
    others = [controlling, sending]
    watched = threading.Event()  # not `stop`: what is read after that is kept too
    if agent.remembering is not None:
        others.append(Steady(agent.remembering.run, watched, "history"))
    if agent.sharing is not None:
        others.append(Steady(agent.sharing.run, watched, "sharing"))
    if agent.looks is not None:
        others.append(Steady(agent.looks.run, watched, "content"))
    if agent.standing is not None:
        others.append(Steady(agent.standing.run, stop, "responses"))
    if agent.renewing is not None:
        others.append(Steady(agent.renewing.run, stop, "certificate"))
    if agent.following is not None:
        others.append(Steady(agent.following.run, stop, "orders"))
    door = ExitStack()
    try:
        agent.control.discover()
        for thread in reversed(others):
            thread.start()
        door.enter_context(agent.door)
        agent.watch.run(stop)
        # What ended just now is told as ended, while the sender still runs.
        agent.control.discover()
    finally:
        stop.set()
        watched.set()
        _end(agent, others)
        door.close()
        agent.close()
        agent.sensor.stop(keep=keep())
        if agent.recorder is not None:
            agent.recorder.close()
        agent.bus.close()


def _end(agent: Agent, threads: Sequence[threading.Thread]) -> None:
    """Waits for all, for so long in all; who still waits for a server then is cut off. What it has not said is in the spool."""
    deadline = time.monotonic() + STOP_SECONDS
    if agent.following is not None:
        agent.following.end()
    cut = threading.Timer(SENDING_SECONDS, agent.outbox.end)
    cut.start()
    try:
        # The control thread asks the sensor for its counters: it ends first.
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
    finally:
        cut.cancel()
        cut.join()
