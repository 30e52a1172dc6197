"""Counts by key and day: from those that are kept, or by an index that holds both, so that no document is read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, Table, func, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.alerts import ALERTS
from periderm.adapters.store_sql.documents import plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.incidents import INCIDENTS
from periderm.adapters.store_sql.kept_counts import BEHIND_EXCEPTED, DAY_NS, kept
from periderm.adapters.store_sql.pages import Item, conditions
from periderm.adapters.store_sql.part import Part
from periderm.model.alert import EXCEPTED
from periderm.model.errors import UsageError
from periderm.model.incident import IncidentState
from periderm.model.query import Page, Query
from periderm.model.tally import DAY_SECONDS, FalseCount, Tally, TallyBy

MOST_KEYS = 1_000


def _check(keys: Sequence[str] | None) -> None:
    if keys is not None and len(keys) > MOST_KEYS:
        raise UsageError(f"{len(keys)} keys at once, at most {MOST_KEYS}.", "Ask for fewer.")


class SqlTallies(Part):
    """`ports.tallies.TallyStore`."""

    def alert_days(self, query: Query, *, by: TallyBy = TallyBy.DETECTOR, keys: Sequence[str] | None = None) -> Page[Tally]:
        """Alerts by day: of detectors as they are kept, where whole days are asked for."""
        answering = kept(query) if by is TallyBy.DETECTOR else None
        if answering is None:
            return self._days(ALERTS, query, by, keys)
        _check(keys)
        table, where = answering
        held = table.c
        where = [*where, held.detector == plain(query.detector) if query.detector else held.detector != ""]
        if keys is not None:
            where.append(held.detector.in_([plain(name) for name in keys if name]))
        if query.within is None:
            asked = select(held.detector, held.day, held.n, held.last)
        else:
            asked = select(held.detector, held.day, func.sum(held.n), func.max(held.last)).group_by(held.detector, held.day)
        with self._database.reading() as connection:
            rows = connection.execute(asked.where(*where).order_by(held.detector, held.day)).all()
        items = tuple(Tally(key=key, day=day * DAY_SECONDS, count=n, last=last) for key, day, n, last in rows)
        return Page(items, "", len(items))

    def incident_days(self, query: Query, *, by: TallyBy = TallyBy.ASSET, keys: Sequence[str] | None = None) -> Page[Tally]:
        """Incidents by day."""
        return self._days(INCIDENTS, query, by, keys)

    def false_alerts(self, query: Query) -> Page[FalseCount]:
        """By detector: as they are kept, where whole days are asked for, else in two ranges of an index each."""
        answering = kept(query)
        if answering is not None:
            return self._false_days(query, *answering)
        alerts, incidents = schema.alerts.c, schema.incidents.c
        where = conditions(ALERTS, query)
        # The empty text keeps the database from walking all alerts by detector, where few of them are asked for.
        detector = alerts.detector.op("||")("").label("detector")
        grouped = select(detector, func.count().label("n")).where(*where).group_by(detector)
        said = grouped.where(
            alerts.incident_id.in_(select(incidents.id).where(incidents.state == IncidentState.FALSE_ALARM.value))
        )
        hidden = grouped.where(alerts.incident_id >= EXCEPTED, alerts.incident_id < BEHIND_EXCEPTED)
        found: dict[str, FalseCount] = {}
        with self._database.reading() as connection:
            for row in connection.execute(said):
                found[row.detector] = FalseCount(detector=row.detector, said=row.n)
            for row in connection.execute(hidden):
                known = found.get(row.detector) or FalseCount(detector=row.detector)
                found[row.detector] = msgspec.structs.replace(known, excepted=row.n)
        items = tuple(found[name] for name in sorted(found))
        return Page(items, "", len(items))

    def _false_days(self, query: Query, table: Table, where: list[ColumnElement[bool]]) -> Page[FalseCount]:
        held = table.c
        sums = func.sum(held.said).label("said"), func.sum(held.excepted).label("excepted")
        where = [*where, held.detector == plain(query.detector)] if query.detector else where
        asked = select(held.detector, *sums).where(*where, (held.said > 0) | (held.excepted > 0))
        with self._database.reading() as connection:
            rows = connection.execute(asked.group_by(held.detector).order_by(held.detector)).all()
        items = tuple(FalseCount(detector=row.detector, said=int(row.said), excepted=int(row.excepted)) for row in rows)
        return Page(items, "", len(items))

    def _days(self, family: Family[Item], query: Query, by: TallyBy, keys: Sequence[str] | None) -> Page[Tally]:
        table: Table = family.table
        if by.value not in table.c:
            raise UsageError(f"{family.what}s are not counted by {by.value}.", "Count alerts, or by something else.")
        _check(keys)
        key = table.c[by.value]
        day = table.c.time.op("/")(DAY_NS)  # of whole numbers, so whole again
        counted = select(key.label("key"), day.label("day"), func.count().label("n"), func.max(table.c.time).label("last"))
        counted = counted.where(*conditions(family, query), key != "").group_by(key, day).order_by(key, day)
        if keys is not None:
            names = {plain(name): name for name in keys if name}
            counted = counted.where(key.in_(list(names)))
        with self._database.reading() as connection:
            rows = connection.execute(counted).all()
        items = tuple(Tally(key=r.key, day=int(r.day) * DAY_SECONDS, count=r.n, last=r.last) for r in rows)
        return Page(items, "", len(items))
