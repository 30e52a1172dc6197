"""Whether the server can work."""

from __future__ import annotations

from pathlib import Path

import msgspec

from periderm.adapters.bus_local.bus import LocalBus
from periderm.app.readiness import readiness
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
    assert (found.ready, found.checks) == (True, {"store": "ok", "digest": "ok", "spool": "ok"})
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
