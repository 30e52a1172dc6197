"""Notices put together into deliveries: by destination, by what they are grouped by, and bounded. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from periderm.model.ids import stable_id
from periderm.model.notice import (
    MOST_NOTICES,
    STREAMS,
    TICKETS,
    Delivery,
    Destination,
    DestinationState,
    Notice,
    Occasion,
)
from periderm.ports.store import Store

SECOND = 10**9
MOST_WAITING = 5_000  # deliveries of one destination; what comes beyond is counted and not kept


class NoticeQueue:
    """Notices of one round, put together into deliveries."""

    def __init__(self, store: Store, now: int) -> None:
        self._store = store
        self._now = now
        self._open: dict[tuple[str, str], Delivery] = {}
        self._whole: list[Delivery] = []
        self._waiting = dict(store.waiting())
        self._shed: dict[str, int] = {}

    def add(self, destination: Destination, notice: Notice) -> None:
        """Into the delivery that still collects, or a new one."""
        key = _group(destination, notice)
        place = (destination.name, key)
        delivery = self._open.get(place)
        if delivery is None and destination.group_seconds:
            delivery = self._store.collecting(destination.name, key, self._now)
        if delivery is not None and not (destination.channel in STREAMS and len(delivery.notices) >= MOST_NOTICES):
            self._open[place] = joined(delivery, notice)
            return
        if delivery is not None:
            self._whole.append(delivery)
        waiting = self._waiting.get(destination.name, 0)
        if waiting >= MOST_WAITING:
            self._shed[destination.name] = self._shed.get(destination.name, 0) + 1
            return
        self._waiting[destination.name] = waiting + 1
        self._open[place] = Delivery(
            id=stable_id("dlv", destination.name, key, notice.id, self._now),
            destination=destination.name,
            notices=(notice,),
            key=key,
            not_before=self._now + destination.group_seconds * SECOND,
            made=self._now,
        )

    def keep(self, states: Mapping[str, DestinationState]) -> None:
        """Durable with the rest of the transaction."""
        self._store.put_deliveries([*self._whole, *self._open.values()])
        for name, shed in self._shed.items():
            state = states[name]
            self._store.put_destination_state(name, msgspec.structs.replace(state, shed=state.shed + shed))


def joined(delivery: Delivery, notice: Notice) -> Delivery:
    """With one notice more: a later one of the same subject takes the place of the earlier, and news stays news."""
    for at, known in enumerate(delivery.notices):
        if known.subject_id == notice.subject_id:
            new = known.occasion in (Occasion.INCIDENT_NEW, Occasion.INCIDENT_REOPENED) and not notice.ends
            occasion = known.occasion if new else notice.occasion
            replaced = msgspec.structs.replace(notice, occasion=occasion)
            return msgspec.structs.replace(delivery, notices=(*delivery.notices[:at], replaced, *delivery.notices[at + 1 :]))
    if len(delivery.notices) >= MOST_NOTICES:
        return msgspec.structs.replace(delivery, more=delivery.more + 1)
    return msgspec.structs.replace(delivery, notices=(*delivery.notices, notice))


def _group(destination: Destination, notice: Notice) -> str:
    if destination.channel in TICKETS or destination.group_by == "subject":
        return notice.subject_id
    if destination.channel in STREAMS:
        return "stream"
    if not destination.group_seconds:
        return notice.id
    by = {"place": notice.place, "owner": notice.owner, "application": notice.application}
    return f"{destination.group_by}={by.get(destination.group_by, '')}"
