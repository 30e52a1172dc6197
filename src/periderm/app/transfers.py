"""The record of what was exported and imported here, and where a result came from. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.application import Application, require
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query
from periderm.model.transfer import Carried, Transfer

MOST = 1_000


def carried_from(app: Application, digest: str) -> Carried | None:
    """From which network the stored result of an image came, as long as nobody has scanned it here since."""
    carried = app.store.carried(digest)
    if carried is None:
        return None
    results = app.store.scan_results(Query(image_digest=digest, limit=1)).items
    return carried if results and results[0].time == carried.scanned else None


def list_transfers(app: Application, who: Principal, limit: int = 100) -> Sequence[Transfer]:
    """The latest, newest first."""
    require(who, Permission.READ)
    return app.store.transfers(min(max(limit, 1), MOST))
