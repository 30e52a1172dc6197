"""Scanning what waits on the server: the worker process's threads, started and stopped in order."""

from __future__ import annotations

import threading

from periderm.flow.outbox import Outbox
from periderm.flow.renewing import Renewing
from periderm.flow.steady import Steady
from periderm.flow.work import Worker

JOIN_SECONDS = 8.0


def working(worker: Worker, outbox: Outbox, stop: threading.Event, renewing: Renewing | None = None) -> None:
    """Until `stop` is set; results that are durable are sent before it returns, if the server answers. `renewing` keeps the
    machine's certificate young meanwhile."""
    if renewing is not None:
        Steady(renewing.run, stop, "certificate").start()
    sending = Steady(outbox.run, stop, "sender")
    sending.start()

    def end() -> None:
        stop.wait()
        worker.end()

    threading.Thread(target=end, name="ending", daemon=True).start()
    try:
        worker.run(stop)
    finally:
        stop.set()
        sending.join(JOIN_SECONDS)
