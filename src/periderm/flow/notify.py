"""From what changed in the store to deliveries that wait: each destination is told of what it asked for, once.

Changes are read in their order by a number that is kept with what they led to in one transaction: a crash neither loses nor
doubles a notice. Nothing is sent here; `deliver.py` does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.algorithms.exceptions import apply
from periderm.flow import notices
from periderm.flow.notice_queue import NoticeQueue
from periderm.flow.notices import Record, Subject
from periderm.model.alert import Alert
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.ids import stable_id
from periderm.model.incident import IncidentState
from periderm.model.notice import (
    INCIDENTS,
    MOST_NOTICES,
    Channel,
    Delivery,
    Destination,
    Occasion,
    Told,
)
from periderm.model.query import Change, Query, every
from periderm.ports.clock import Clock
from periderm.ports.store import Store

log = logging.getLogger(__name__)

BATCH = 1_000
SECOND = 10**9
AGAIN_NS = 300 * SECOND  # Alertmanager forgets what is not told again
KEEP_TOLD_NS = 30 * 86_400 * SECOND
MOST_CAUGHT_UP = 10_000
_KINDS: Mapping[str, frozenset[Occasion]] = {
    "incident": frozenset(INCIDENTS),
    "alert": frozenset({Occasion.ALERT}),
    "finding": frozenset({Occasion.FINDING_NEW, Occasion.FINDING_GONE}),
    "gap": frozenset({Occasion.GAP_NEW, Occasion.GAP_CLOSED}),
}
_GONE = {"finding": Occasion.FINDING_GONE, "gap": Occasion.GAP_CLOSED}


class Notify:
    """One thread calls `step`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._forgot = 0

    def step(self) -> int:
        """Reads what changed since the last time, at most one batch; returns how many changes were read."""
        with self._store.transaction():
            after = self._store.notified()
            changes = self._store.changes(after, BATCH) if after >= 0 else self._before_us()
            if not changes:
                return 0
            listening = [d for d, _ in self._store.destinations() if not d.paused]
            if after >= 0 and listening:
                touched = _touched(changes)
                if changes[0].sequence > after + 1:
                    self._catch_up(touched)
                _Round(self._store, self._clock.now(), listening).take(touched)
            self._store.mark_notified(changes[-1].sequence)
        return len(changes)

    def _before_us(self) -> Sequence[Change]:
        """The last change that there was when this began for the first time: what came before is no news. A store without
        any yet is read from its beginning."""
        last: Sequence[Change] = ()
        while some := self._store.changes(last[-1].sequence if last else 0, BATCH):
            last = some
        if not last:
            self._store.mark_notified(0)
        return last

    def _catch_up(self, touched: dict[str, dict[str, None]]) -> None:
        """The tail of changes does not reach back far enough: all that is open is looked at as if it had changed."""
        log.warning("changes were lost before they were read; what is open is looked at anew")
        for state in (IncidentState.NEW, IncidentState.ACKNOWLEDGED):
            room = MOST_CAUGHT_UP - len(touched["incident"])
            some = every(self._store.incidents, Query(state=state.value, limit=1000), room)
            touched["incident"].update(dict.fromkeys(incident.id for incident in some))
        touched["gap"].update(dict.fromkeys(g.id for g in self._store.gaps(Query(limit=1000)).items))
        for destination, _ in self._store.destinations():
            for told in self._store.told_open(destination.name):
                touched[_kind_of(told.subject_id)].setdefault(told.subject_id)

    def repeat(self) -> None:
        """What must be said again although nothing changed, and what may be forgotten. Any time; it knows itself when."""
        now = self._clock.now()
        for destination, state in self._store.destinations():
            if destination.channel is Channel.ALERTMANAGER and not destination.paused and not state.failing:
                with self._store.transaction():
                    self._again(destination, now)
        if now - self._forgot > 3600 * SECOND:
            self._forgot = now
            with self._store.transaction():
                self._store.forget_told(now - KEEP_TOLD_NS)
                self._store.trim_deliveries()

    def _again(self, destination: Destination, now: int) -> None:
        due = [t for t in self._store.told_open(destination.name, MOST_NOTICES) if t.looked < now - AGAIN_NS]
        said = tuple(t.last for t in due if t.last is not None)
        if not said:
            return
        identity = stable_id("dlv", destination.name, "again", now)
        self._store.put_deliveries(
            [Delivery(id=identity, destination=destination.name, notices=said, key="again", not_before=now, made=now)]
        )
        self._store.put_told([msgspec.structs.replace(t, looked=now) for t in due])


class _Round:
    """One batch of changes for all destinations."""

    def __init__(self, store: Store, now: int, listening: Sequence[Destination]) -> None:
        self._store = store
        self._now = now
        self._listening = listening
        self._queue = NoticeQueue(store, now)
        self._states = {d.name: s for d, s in store.destinations()}

    def take(self, touched: Mapping[str, Iterable[str]]) -> None:
        """`touched` are ids by what they are."""
        for kind, ids in touched.items():
            asked = [d for d in self._listening if not _KINDS[kind].isdisjoint(d.chosen.occasions)]
            names = list(ids)
            if not asked or not names:
                continue
            found = self._subjects(kind, names)
            for destination in asked:
                self._tell(destination, kind, names, found)
        self._queue.keep(self._states)

    def _subjects(self, kind: str, ids: Sequence[str]) -> dict[str, Subject | None]:
        """None for what is gone. A finding that an exception hides is left out: it neither is news nor is it gone."""
        look = {
            "incident": self._store.incident,
            "alert": self._store.alert,
            "finding": self._store.finding,
            "gap": self._store.gap,
        }[kind]
        least = min((d.chosen.finding_severity for d in self._listening), default=None) if kind == "finding" else None
        found: dict[str, Subject | None] = {}
        for identity in ids:
            record: Record | None = look(identity)
            if record is None:
                found[identity] = None
            elif not isinstance(record, Finding) or least is None or record.severity >= least:
                found[identity] = self._subject(record)
        return {i: s for i, s in found.items() if s is None or not self._hidden(s.record)}

    def _subject(self, record: Record) -> Subject:
        asset = self._store.asset(record.asset_id)
        node_id = "" if isinstance(record, Finding | CoverageGap) else record.node_id
        node = self._store.asset(node_id) if node_id and node_id != record.asset_id else None
        named = getattr(record, "container_name", "") or notices.place_of(asset)
        if asset is None:
            return Subject(record, place=named, node=notices.place_of(node))
        return Subject(record, place=named, node=notices.place_of(node), owner=asset.ownership)

    def _hidden(self, record: Record) -> bool:
        if isinstance(record, Alert):
            return bool(record.excepted)
        if not isinstance(record, Finding):
            return False
        exemptions = self._store.exemptions()
        if not exemptions:
            return False
        image = self._store.images_of([record.id]).get(record.id)
        names = (image.name, *image.references) if image else ()
        return bool(apply(exemptions, [record], self._now, names, (image.digest,) if image else ()).excepted)

    def _tell(self, destination: Destination, kind: str, ids: Sequence[str], found: Mapping[str, Subject | None]) -> None:
        told = self._store.told(destination.name, ids)
        after: list[Told] = []
        for identity in ids:
            if identity not in found:
                continue
            before, subject = told.get(identity), found[identity]
            if subject is None:
                if before is not None and before.open and kind in _GONE:
                    after.append(self._end(destination, before, _GONE[kind]))
                continue
            if _own_trouble(destination, subject.record):
                continue
            occasion = notices.occasion_of(subject.record, before)
            if occasion is None:
                continue
            known = before is not None and before.open
            if not notices.wants(destination, subject, occasion, before):
                if known and not notices.goes_on(subject.record) and before is not None:
                    after.append(msgspec.structs.replace(before, open=False, time=self._now))
                continue
            after.append(self._say(destination, before, subject, occasion))
        self._store.put_told(after)

    def _say(self, destination: Destination, before: Told | None, subject: Subject, occasion: Occasion) -> Told:
        record = subject.record
        notice = notices.notice_of(subject, occasion, self._now)
        self._queue.add(destination, notice)
        return Told(
            destination=destination.name,
            subject_id=record.id,
            open=notices.goes_on(record) and occasion is not Occasion.ALERT,
            mark=notices.mark_of(record),
            severity=record.severity if not isinstance(record, CoverageGap) else notice.severity,
            time=self._now,
            last=notice,
            ticket=before.ticket if before is not None else None,
            looked=self._now,
        )

    def _end(self, destination: Destination, before: Told, occasion: Occasion) -> Told:
        notice = notices.ended(before, occasion, self._now)
        if occasion in destination.chosen.occasions:
            self._queue.add(destination, notice)
        return msgspec.structs.replace(before, open=False, time=self._now, last=notice)


def _touched(changes: Iterable[Change]) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {kind: {} for kind in _KINDS}
    for change in changes:
        if change.what in found:
            found[change.what][change.id] = None
    return found


def _kind_of(subject_id: str) -> str:
    prefixes = {"inc": "incident", "alt": "alert", "fnd": "finding", "gap": "gap"}
    return prefixes.get(subject_id.partition("-")[0], "incident")


def _own_trouble(destination: Destination, record: Record) -> bool:
    """A destination that cannot be reached is not told so itself."""
    return isinstance(record, CoverageGap) and record.kind is GapKind.NOTIFIER_SILENT and record.detail == destination.name
