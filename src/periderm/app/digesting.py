"""Taking in what nodes and workers sent, on a thread of the server process. What is done with it is in flow."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from periderm import __version__
from periderm.app.application import Application
from periderm.flow.digest import Digest
from periderm.flow.steady import Steady
from periderm.model.envelope import Heartbeat
from periderm.model.errors import UsageError
from periderm.model.policy import DEFAULT_POLICY


@contextmanager
def digesting(app: Application, *, engine: str = "") -> Iterator[Digest]:
    """While the block runs, what arrives on the bus is stored and correlated; what has arrived is finished at its end."""
    if app.bus is None:
        raise UsageError("This process has no bus.", "Only the server process digests.")
    with app.store.transaction():
        if not app.store.policies():
            app.store.put_policy(DEFAULT_POLICY)
    beat = Heartbeat(role="server", node_id="", pid=os.getpid(), time=0, version=__version__)
    meters = app.meters

    def took(count: int, seconds: float) -> None:
        if meters is not None:
            meters.count("periderm_digest_messages_total", count)
            meters.observe("periderm_digest_duration_seconds", seconds)

    digest = Digest(app.bus, app.store, app.clock, beat, engine=engine, took=took)
    stop = threading.Event()
    thread = Steady(digest.run, stop, "digest")
    thread.start()
    try:
        yield digest
    finally:
        stop.set()
        thread.join(20.0)
