"""The scan worker's process.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from periderm.model.settings import Settings
from periderm.wiring.fleet import renewing
from periderm.wiring.machine import this_node
from periderm.wiring.own_door import check, dropped, own_door, own_state
from periderm.wiring.processes import node_bus, uplink
from periderm.wiring.scanning import image_scan

if TYPE_CHECKING:
    from periderm.app.own_state import OwnState


def worker(settings: Settings, stop: threading.Event, *, registries: bool = True) -> None:
    """The worker process: scans what waits until `stop` is set; without `registries` only what lies on this node."""
    from periderm import __version__
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.idle_linux import give_way
    from periderm.adapters.own_folder import OwnFolder
    from periderm.adapters.scan_cache_files import fingerprint
    from periderm.adapters.state_files import spool_name
    from periderm.app.working import working
    from periderm.flow.outbox import Outbox
    from periderm.flow.work import Worker
    from periderm.model.envelope import Heartbeat

    check(settings, settings.metrics_worker, "metrics.worker")
    own = OwnFolder(os.path.join(settings.spool, "worker"))
    folder = own.path
    clock = SystemClock()
    server = uplink(settings)
    beat = Heartbeat(role="worker", node_id=this_node(settings).id, pid=os.getpid(), time=0, version=__version__)
    bus = node_bus(settings, folder)
    try:
        outbox = Outbox(bus, server, spool_name(folder, "worker"), now=clock.now)
        scan, engine = image_scan(settings), fingerprint()
        own_way = uplink(settings)  # it is interrupted at the end, while results are still sent
        doer = Worker(server, outbox, clock, scan, beat, registries=registries, gently=give_way, engine=engine, waiting=own_way)
        lost = dropped(outbox)

        def state() -> OwnState:
            return own_state(
                settings, clock, outbox, bus, said=doer.figures, turned=lambda: doer.turned, dropped=lost, spool=folder
            )

        with own_door(settings, settings.metrics_worker, state):
            working(doer, outbox, stop, renewing(settings))
    finally:
        bus.close()
        own.close()
