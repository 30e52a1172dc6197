"""Scanning what waits on the server: the worker process's threads, started and stopped in order."""

from __future__ import annotations

import threading

from periderm.flow.outbox import Outbox
from periderm.flow.work import Worker

JOIN_SECONDS = 8.0


def working(worker: Worker, outbox: Outbox, stop: threading.Event) -> None:
    """Until `stop` is set; results that are durable are sent before it returns, if the server answers."""
    sending = threading.Thread(target=outbox.run, args=(stop,), name="sender", daemon=True)
    sending.start()
    try:
        worker.run(stop)
    finally:
        stop.set()
        sending.join(JOIN_SECONDS)
