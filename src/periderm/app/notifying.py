"""Telling others on threads of the server process. What is told, and when again, is in flow."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from periderm import __version__
from periderm.app.application import Application
from periderm.app.handling import link_ticket
from periderm.app.incidents import change_state
from periderm.flow.deliver import Deliver
from periderm.flow.notify import Notify
from periderm.flow.steady import Steady
from periderm.model.errors import PeridermError, StoreError, UsageError
from periderm.model.incident import IncidentState
from periderm.model.principal import Permission, Principal

log = logging.getLogger(__name__)

THREADS = 3  # one that does not answer keeps a thread for half a minute
PAUSE_SECONDS = 0.5
JOIN_SECONDS = 5.0


@contextmanager
def notifying(app: Application, *, pause: float = PAUSE_SECONDS) -> Iterator[Notify]:
    """While the block runs, what changes in the store is told to those who asked for it."""
    if app.notifier_for is None or app.tickets_for is None:
        raise UsageError("This process tells nobody.", "Only the server process does.")
    notify = Notify(app.store, app.clock)
    deliver = Deliver(
        app.store,
        app.clock,
        app.notifier_for,
        app.tickets_for,
        link=app.settings.url,
        version=__version__,
        resolve=lambda incident_id, name: _resolve(app, incident_id, name),
        linked=lambda subject_id, name, address: _link(app, subject_id, name, address),
    )
    stop = threading.Event()
    threads = [Steady(lambda ending: _read(notify, ending, pause), stop, "notify")]
    threads += [Steady(lambda ending: deliver.run(ending, pause), stop, f"deliver-{n}") for n in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield notify
    finally:
        stop.set()
        for thread in threads:
            thread.join(JOIN_SECONDS)


def _read(notify: Notify, stop: threading.Event, pause: float) -> None:
    while not stop.is_set():
        try:
            read = notify.step()
            notify.repeat()
        except StoreError as error:
            log.error("what is to be told waits: %s", error)
            read = 0
        if not read:
            stop.wait(pause)


def _tracker(name: str) -> Principal:
    return Principal(f"ticket:{name}", frozenset({Permission.READ, Permission.RESPOND}))


def _link(app: Application, subject_id: str, name: str, address: str) -> None:
    """The ticket stands where people deal with its incident or finding; gaps and alerts have no such place."""
    if not subject_id.startswith(("inc-", "fnd-")):
        return
    try:
        link_ticket(app, _tracker(name), [subject_id], address)
    except PeridermError as error:
        log.warning("the ticket of %s cannot be linked: %s", subject_id, error)


def _resolve(app: Application, incident_id: str, name: str) -> None:
    """People closed the ticket. Whoever may close tickets there decides this, and the record says so."""
    try:
        change_state(app, _tracker(name), incident_id, IncidentState.RESOLVED)
    except PeridermError as error:
        log.warning("the incident %s of a closed ticket cannot be resolved: %s", incident_id, error)
