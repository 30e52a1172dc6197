"""Which detectors have told of something lately, how often, and when last. Counts alerts; judges nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from periderm.app.application import Application, require
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query

DAY_NS = 86_400 * 10**9
HEATS = 4


class Fired(msgspec.Struct, frozen=True, kw_only=True):
    """`alerts` of a detector (or of several together) since the beginning, the last at `last` (Unix nanoseconds)."""

    alerts: int = 0
    last: int = 0

    @property
    def heat(self) -> int:
        """0 for none, 1 from one alert on, then one more for each ten times as many, at most HEATS."""
        return min(HEATS, 1 + int(math.log10(self.alerts))) if self.alerts else 0

    def with_(self, other: Fired) -> Fired:
        """Both together."""
        return Fired(alerts=self.alerts + other.alerts, last=max(self.last, other.last))


def fired(app: Application, who: Principal, detectors: Iterable[str], days: int) -> dict[str, Fired]:
    """Of each detector that has fired in the last `days`; the others are left out."""
    require(who, Permission.READ)
    since = app.clock.now() - days * DAY_NS
    found: dict[str, Fired] = {}
    for detector in dict.fromkeys(detectors):
        page = app.store.alerts(Query(detector=detector, since=since, limit=1))
        if page.items:
            found[detector] = Fired(alerts=page.total, last=page.items[0].last_time)
    return found


def together(several: Iterable[Fired]) -> Fired:
    """Of several detectors, as one."""
    whole = Fired()
    for each in several:
        whole = whole.with_(each)
    return whole
