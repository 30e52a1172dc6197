"""Whether the server can work."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.app.application import Application
from periderm.app.readiness import readiness
from periderm.flow import steady
from periderm.model.envelope import Heartbeat
from tests.story import FixedClock, application


def test_each_part_is_asked(tmp_path: Path) -> None:
    """Not ready before the digest spoke, ready then, not when it fell silent, nor without room, store or bus."""
    clock = FixedClock()
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, clock, bus)
    assert readiness(app).checks["digest"] == "not started"
    app.store.put_heartbeat(Heartbeat(role="server", node_id="", pid=1, time=clock.now(), version="1"))
    found = readiness(app)
    assert (found.ready, found.checks) == (True, {"store": "ok", "digest": "ok", "spool": "ok", "background": "ok"})
    full = msgspec.structs.replace(app, room=lambda: 5 << 20)
    assert readiness(full).checks["room"] == "5 MiB are left"
    assert not readiness(full).ready
    app.store.put_heartbeat(Heartbeat(role="server", node_id="", pid=1, time=clock.now() - 10**12, version="1"))
    later = msgspec.structs.replace(app, clock=Later(clock))
    assert readiness(later).checks["digest"] == "silent"
    bus.close()
    app.store.close()
    found = readiness(app)
    assert (found.ready, found.checks["store"], found.checks["spool"]) == (False, "does not answer", "does not answer")


class Later(FixedClock):
    """An hour after another clock."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__()
        self._other = clock

    def now(self) -> int:
        """Then."""
        return self._other.now() + 3600 * 10**9


def test_a_loop_that_had_a_fault_is_named(told: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has begun again and the rest goes on: no reason to be taken out of service."""
    told.store.put_heartbeat(Heartbeat(role="server", node_id="", pid=1, time=told.clock.now(), version="0.1.0"))
    monkeypatch.setattr(steady, "_last", {"deliver-1": time.monotonic(), "rematch": time.monotonic() - 1000})
    found = readiness(told)
    assert (found.ready, found.checks["background"]) == (True, "deliver-1")
