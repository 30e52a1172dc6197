"""Watching registries on threads of the server process. How a look goes is in flow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from periderm.app.application import Application
from periderm.flow.looks import ClientFor, Looks
from periderm.flow.steady import Steady

THREADS = 2  # a registry that is slow does not keep the others waiting
JOIN_SECONDS = 20.0


@contextmanager
def watching(app: Application, client_for: ClientFor) -> Iterator[Looks]:
    """While the block runs, registries are looked at when it is time, and when somebody says that something is new."""
    looks = Looks(app.store, app.clock, client_for)
    stop = threading.Event()
    threads = [Steady(looks.run, stop, f"registries-{n}") for n in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield looks
    finally:
        stop.set()
        for thread in threads:
            thread.join(JOIN_SECONDS)
