"""Fetching tables of owners on a thread of the server process. How it goes is in flow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from periderm.app.application import Application
from periderm.flow.fetch_owners import FetchOwners
from periderm.flow.steady import Steady

JOIN_SECONDS = 35.0  # longer than one answer may take


@contextmanager
def fetching_owners(app: Application) -> Iterator[None]:
    """While the block runs, tables that lie elsewhere are fetched when it is time."""
    if app.owner_documents is None:
        yield
        return
    stop = threading.Event()
    fetching = FetchOwners(app.store, app.clock, app.owner_documents)
    thread = Steady(fetching.run, stop, "owners")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(JOIN_SECONDS)
