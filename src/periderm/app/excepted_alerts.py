"""What an exception would have hidden of the alerts that are stored: how many, in which incidents. Changes nothing, and says
how far it looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from periderm.app.application import Application
from periderm.flow.excepting import Excepting
from periderm.model.alert import Alert
from periderm.model.exception import Exemption
from periderm.model.incident import IncidentState
from periderm.model.query import Query, pages_of
from periderm.model.severity import Severity

DAYS = 30
MOST_LOOKED_AT = 5_000
MOST_INCIDENTS = 200
SHOWN = 20
AT_ONCE = 1_000
_OPEN = (IncidentState.NEW, IncidentState.ACKNOWLEDGED)
_WILD = frozenset("*?")


class AlertsHidden(msgspec.Struct, frozen=True, kw_only=True):
    """`total` alerts of the last DAYS would have been taken out, `high` of them high or worse; the newest are in `alerts`.
    `incidents` are open ones that would not be there at all. Of `findable` alerts `looked_at` were looked at."""

    total: int = 0
    high: int = 0
    alerts: tuple[Alert, ...] = ()
    incidents: tuple[str, ...] = ()
    looked_at: int = 0
    findable: int = 0

    @property
    def whole(self) -> bool:
        """Whether all of them were looked at."""
        return self.looked_at >= self.findable


class Past(msgspec.Struct, frozen=True):
    """Alerts of the last DAYS that were read, of `findable` that there are."""

    alerts: tuple[Alert, ...]
    findable: int


def alerts_hidden(app: Application, exemption: Exemption, past: Past | None = None) -> AlertsHidden:
    """As if it had been there all the time. `past` are alerts to look at, if the caller has read them already."""
    now = app.clock.now()
    if past is None:
        past = Past((), 0) if not exemption.scope.findings else past_alerts(app, *_queries(exemption))
    excepting = Excepting(app.store, now, (msgspec.structs.replace(exemption, id=exemption.id or "tried"),))
    hits = [alert for alert in past.alerts if excepting.of(alert)]
    return summed(app, hits, looked_at=len(past.alerts), findable=past.findable)


def past_alerts(app: Application, *queries: Query) -> Past:
    """The newest of the last DAYS that fit any of these, at most MOST_LOOKED_AT."""
    since = max(1, app.clock.now() - DAYS * 86_400 * 10**9)
    found: list[Alert] = []
    findable = 0
    for query in queries:
        left = MOST_LOOKED_AT - len(found)
        if left <= 0:
            break
        asked = msgspec.structs.replace(query, since=since, limit=min(AT_ONCE, left))
        for number, page in enumerate(pages_of(app.store.alerts, asked, left)):
            found += page.items
            findable += 0 if number else page.total
    return Past(tuple(found[:MOST_LOOKED_AT]), findable)


def summed(app: Application, alerts: Iterable[Alert], *, looked_at: int, findable: int) -> AlertsHidden:
    """Of alerts that would be gone: how many, and which open incidents consist of nothing else."""
    hits = list(alerts)
    return AlertsHidden(
        total=len(hits),
        high=sum(alert.severity >= Severity.HIGH for alert in hits),
        alerts=tuple(hits[:SHOWN]),
        incidents=_emptied(app, hits),
        looked_at=looked_at,
        findable=findable,
    )


def _emptied(app: Application, hits: Iterable[Alert]) -> tuple[str, ...]:
    counts = Counter(alert.incident_id for alert in hits if alert.incident_id)
    found = []
    for name, count in counts.most_common(MOST_INCIDENTS):
        incident = app.store.incident(name)
        if incident is not None and incident.state in _OPEN and count >= max(incident.alerts, len(incident.chain)):
            found.append(name)
    return tuple(found)


def _queries(exemption: Exemption) -> list[Query]:
    """By detector where it names detectors plainly, else all alerts of that time."""
    named = exemption.scope.findings
    if any(_WILD & set(name) for name in named):
        return [Query()]
    ids = [name for name in named if not name.upper().startswith(("CVE-", "GHSA-", "FND-"))]
    return [Query(detector=name) for name in dict.fromkeys(ids)]
