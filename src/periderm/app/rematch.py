"""Judging stored images again when advisories change, on a thread of the server process; and what such a run changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from periderm.app.application import Application, require
from periderm.flow.rematch import Rematcher
from periderm.flow.steady import Steady
from periderm.model.difference import Rematch
from periderm.model.principal import Permission, Principal
from periderm.model.timestamps import rfc3339
from periderm.ports.advisories import AdvisorySource

JOIN_SECONDS = 20.0

log = logging.getLogger(__name__)


def told(rematch: Rematch) -> str:
    """What changed for an image, in one line of a log; '' if nothing did."""
    if not (rematch.new or rematch.gone):
        return ""
    parts = []
    for finding, since in zip(rematch.new, rematch.since, strict=True):
        found = finding.vulnerability
        if found is not None:
            parts.append(f"{found.id} in {found.name}" + (f" since {rfc3339(since)[:10]}" if since else ""))
    more = f" and {len(parts) - 5} more" if len(parts) > 5 else ""
    name = rematch.reference or rematch.image_digest
    new = f"newly vulnerable: {', '.join(parts[:5])}{more}; " if parts else ""
    return f"{name}: {new}{len(rematch.gone)} findings are gone"


def match_again(
    app: Application,
    who: Principal,
    open_source: Callable[[], AdvisorySource | None],
) -> Iterator[Rematch]:
    """Matches all stored images with the advisories that are in force now, and gives what changed as it goes on. Images
    that were matched with them before are passed over. Raises DeniedError, AdvisoryError, StoreError."""
    require(who, Permission.ADMIN)
    yield from Rematcher(app.store, app.clock, open_source).step()


@contextmanager
def rematching(app: Application, open_source: Callable[[], AdvisorySource | None]) -> Iterator[Rematcher]:
    """While the block runs, stored images are matched again whenever advisories change."""

    def tell(rematch: Rematch) -> None:
        line = told(rematch)
        if line:
            log.warning("%s", line)

    rematcher = Rematcher(app.store, app.clock, open_source, tell=tell)
    stop = threading.Event()
    thread = Steady(rematcher.run, stop, "rematch")
    thread.start()
    try:
        yield rematcher
    finally:
        stop.set()
        thread.join(JOIN_SECONDS)
