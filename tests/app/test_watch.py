"""The agent's threads, started and stopped in order."""

from __future__ import annotations

import threading
from pathlib import Path

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.app.watch import Agent, watch_node
from periderm.flow.control import Control
from periderm.flow.outbox import Outbox
from periderm.flow.remember import Remembering
from periderm.model.alert import Alert
from periderm.model.envelope import Heartbeat
from periderm.model.event import EventFlag, EventKind, SensorCounters
from periderm.model.event_query import EventQuery
from tests.flow.conftest import NODE
from tests.flow.rows import batch
from tests.flow.test_control import Runtime, Uplink
from tests.flow.test_watch import DROPPED, SERVER, Lab
from tests.past import history


def test_what_was_seen_is_sent_and_the_sensor_is_let_go(tmp_path: Path) -> None:
    """At the end of the events alerts have reached the server, the sensor is stopped, and threads have ended."""
    bus = LocalBus(f"{tmp_path}/spool")
    lab = Lab(bus, batch(SERVER), batch({**DROPPED, "flags": EventFlag.UPPER}))
    uplink = Uplink()
    outbox = Outbox(bus, uplink, "agent:x")
    lab.watch._outbox = outbox
    control = Control(
        node=NODE,
        watch=lab.watch,
        outbox=outbox,
        uplink=uplink,
        runtimes=[Runtime()],
        clock=lab.watch._clock,
        counters=SensorCounters,
        heartbeat=Heartbeat(role="agent", node_id=NODE.id, pid=1, time=0, version="1"),
        figures=dict,
    )
    past = history(tmp_path)
    agent = Agent(
        watch=lab.watch,
        control=control,
        outbox=outbox,
        sensor=lab.player,
        bus=bus,
        remembering=Remembering(past, SystemClock()),
    )
    lab.watch._remember = agent.remembering.keep if agent.remembering else None
    watch_node(agent, threading.Event(), keep=lambda: False)
    sent = [r for e in uplink.taken for r in e.records]
    assert "RUN-005" in {r.detector for r in sent if isinstance(r, Alert)}
    assert lab.player.stopped is False
    assert [t.name for t in threading.enumerate() if t.name in ("sender", "control", "history")] == []
    assert len(list(past.query(EventQuery(kinds=(EventKind.EXEC,))))) == 2
