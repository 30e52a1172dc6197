"""Taking in events that other machines sent, on a thread of the server process. What is done with them is in flow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from periderm.app.application import Application
from periderm.flow.gathering import Gathering
from periderm.flow.remember import Remembering
from periderm.flow.steady import Steady
from periderm.model.errors import UsageError

STOP_SECONDS = 20.0


@contextmanager
def gathering(app: Application, remembering: Remembering) -> Iterator[Gathering]:
    """While the block runs, what arrives is written into the server's history; what has arrived is finished at its end."""
    if app.bus is None:
        raise UsageError("This process has no bus.", "Only the server process gathers events.")
    gather = Gathering(app.bus, app.store, app.clock, remembering, app.quota)
    stop = threading.Event()
    thread = Steady(gather.run, stop, "gathering")
    thread.start()
    try:
        yield gather
    finally:
        stop.set()
        thread.join(STOP_SECONDS)
