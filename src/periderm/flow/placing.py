"""Which incident each alert of a batch joins: the same as if each alert came alone and its incident was put together again
before the next. What is stored is read once for the batch, and not for each alert.

It stores an incident as soon as it opens, with the alert that opened it; the rest is written by who asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from periderm.correlate import grouping
from periderm.correlate.incident import build
from periderm.correlate.traits import Traits
from periderm.flow.excepting import Excepting
from periderm.model.alert import Alert
from periderm.model.incident import Incident
from periderm.model.query import Query
from periderm.ports.store import Store

REPLICAS = 50
ADOPTED = 100


class Placing:
    """For one batch, within its transaction. `known` are those of its alerts that are stored already, by id."""

    def __init__(self, store: Store, now: int, known: Mapping[str, Alert]) -> None:
        self._store = store
        self._excepting = Excepting(store, now)
        self._known = known
        self._placed: dict[str, Alert] = {}
        self._of_asset: dict[str, dict[str, Alert]] = {}
        self._incidents: dict[str, Traits] = {}
        self._of_place: dict[str, dict[str, Traits]] = {}  # by asset, and by workload as ':WORKLOAD'
        self._read: set[str] = set()

    def place(self, alerts: Sequence[Alert]) -> dict[str, Alert]:
        """All of them in this order; what is to be stored, by id: with their incident, or the exception that takes them out."""
        for alert in alerts:
            before = self._placed.get(alert.id) or self._known.get(alert.id)
            incident_id = before.incident_id if before else ""
            excepted = "" if incident_id else self._excepting.of(alert)
            opened = None
            if not incident_id and not excepted:
                incident_id, opened = self._join(alert)
            placed = msgspec.structs.replace(alert, incident_id=incident_id, excepted=excepted)
            self._keep(placed if before is None else _merged(before, placed))
            if opened is not None:
                self._adopt(opened, alert)
        return self._placed

    def _keep(self, alert: Alert) -> None:
        self._placed[alert.id] = alert
        self._of_asset.setdefault(alert.asset_id, {})[alert.id] = alert
        traits = self._traits(alert.incident_id)
        if traits is not None:
            traits.add(alert)

    def _join(self, alert: Alert) -> tuple[str, Incident | None]:
        """The incident that an alert belongs to, and that again if it opens it; '' if it opens none."""
        for traits in self._candidates(alert):
            if traits.takes(alert):
                return traits.id, None
        if not grouping.opens(alert):
            return "", None
        incident = build(grouping.incident_id_for(alert), [alert], [], [], None, None)
        self._store.put_incident(incident)
        self._take(incident)
        return incident.id, incident

    def _candidates(self, alert: Alert) -> Iterator[Traits]:
        """Open ones of the asset, and then those of replicas of its workload, which may be attacked alike; newest first."""
        place = alert.asset_id
        if place not in self._read:
            self._read.add(place)
            for incident in self._store.open_incidents(place):
                self._take(incident)
        yield from _newest(traits for traits in self._of_place.get(place, {}).values() if traits.is_open)
        if not alert.workload_id:
            return
        place = f":{alert.workload_id}"
        if place not in self._read:
            self._read.add(place)
            for incident in self._store.incidents(Query(workload_id=alert.workload_id, limit=REPLICAS)).items:
                self._take(incident)
        for traits in _newest(self._of_place.get(place, {}).values())[:REPLICAS]:
            if traits.asset_id != alert.asset_id:
                yield traits

    def _traits(self, incident_id: str) -> Traits | None:
        if incident_id and incident_id not in self._incidents:
            stored = self._store.incident(incident_id)
            if stored is not None:
                self._take(stored)
        return self._incidents.get(incident_id)

    def _take(self, incident: Incident) -> None:
        if incident.id in self._incidents:
            return
        traits = self._incidents[incident.id] = Traits(incident)
        self._of_place.setdefault(traits.asset_id, {})[traits.id] = traits
        self._of_place.setdefault(f":{traits.workload_id}", {})[traits.id] = traits

    def _adopt(self, incident: Incident, opener: Alert) -> None:
        """Quiet alerts of the same asset that came shortly before and opened nothing by themselves."""
        since = opener.time - grouping.WINDOW_NS
        stored = self._store.alerts(Query(asset_id=opener.asset_id, since=since, limit=ADOPTED)).items
        earlier = {alert.id: alert for alert in stored}
        here = self._of_asset[opener.asset_id]
        earlier.update((alert.id, alert) for alert in here.values() if alert.last_time >= since)
        for alert in sorted(earlier.values(), key=lambda each: (-each.last_time, each.id))[:ADOPTED]:
            if not alert.incident_id and not alert.excepted and grouping.belongs(alert, incident):
                self._keep(msgspec.structs.replace(alert, incident_id=incident.id))


def _merged(before: Alert, alert: Alert) -> Alert:
    """As the store merges them."""
    return msgspec.structs.replace(
        alert,
        count=max(before.count, alert.count),
        last_time=max(before.last_time, alert.last_time),
        incident_id=alert.incident_id or before.incident_id,
    )


def _newest(traits: Iterable[Traits]) -> list[Traits]:
    """In the order in which the store lists incidents."""
    return sorted(traits, key=lambda each: (-each.last, each.id))
