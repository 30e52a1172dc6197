"""Whether this server can do its work now: its store answers, what arrives is stored, and there is room. Mends nothing."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.flow.outbox import GROUP, TOPIC
from periderm.flow.steady import unwell
from periderm.model.errors import BusError, StoreError

# The digest says that it is alive every few seconds.
SILENT_NS = 60 * 10**9


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """`checks` says 'ok' or in a few words what is wrong; nothing that a stranger should not read."""

    ready: bool
    checks: dict[str, str]


def readiness(app: Application) -> Readiness:
    """Asks each part. Raises nothing that a part can cause."""
    checks = {"store": "ok", "digest": "ok", "spool": "ok"}
    try:
        beats = [beat.time for beat in app.store.heartbeats() if beat.role == "server"]
        if app.bus is not None and (not beats or app.clock.now() - max(beats) > SILENT_NS):
            checks["digest"] = "silent" if beats else "not started"
    except StoreError:
        checks["store"] = "does not answer"
        checks["digest"] = "unknown"
    try:
        if app.bus is None:
            del checks["spool"]
        else:
            app.bus.pending(TOPIC, GROUP)
    except BusError:
        checks["spool"] = "does not answer"
    if app.room is not None and (free := app.room()) < LEAST_BYTES:
        checks["room"] = f"{free >> 20} MiB are left"
    ready = all(said == "ok" for said in checks.values())
    checks["background"] = unwell() or "ok"  # said, and no reason to be unready: they begin again, and the rest goes on
    return Readiness(ready=ready, checks=checks)


LEAST_BYTES = 64 << 20  # below this the store and the spool are about to refuse
