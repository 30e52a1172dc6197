"""Keeps the counts of alerts by detector and day as alerts and incidents are stored: by differences, in their transaction.

Reads no documents, and answers nobody: `tallies.py` and `alerts.py` do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.family import chunks
from periderm.adapters.store_sql.reach import visible
from periderm.adapters.store_sql.schema_tallies import asset_tallies, detector_tallies
from periderm.model.alert import EXCEPTED
from periderm.model.incident import IncidentState
from periderm.model.query import Query
from periderm.model.tally import DAY_SECONDS

DAY_NS = DAY_SECONDS * 10**9
BEHIND_EXCEPTED = EXCEPTED[:-1] + chr(ord(EXCEPTED[-1]) + 1)  # the end of the range of what begins with EXCEPTED
_COUNTS = ("n", "said", "excepted", "last")
_Bucket = tuple[str, str, int]  # asset, detector, day


class Counted(msgspec.Struct, frozen=True):
    """An alert as it is counted: its columns as they are stored."""

    asset_id: str
    detector: str
    time: int
    incident_id: str

    @property
    def bucket(self) -> _Bucket:
        """Where it is counted. The day is cut toward 1970, as databases divide."""
        day = self.time // DAY_NS if self.time >= 0 else -(-self.time // DAY_NS)
        return self.asset_id, self.detector, day


def count_alerts(connection: Connection, changed: Sequence[tuple[Counted | None, Counted]]) -> None:
    """These alerts were (None: they were not there) and are now so."""
    if not changed:
        return
    named = {one.incident_id for pair in changed for one in pair if one is not None and one.incident_id}
    false = _false(connection, named)
    sums: dict[_Bucket, list[int]] = {}
    left: set[_Bucket] = set()
    for before, after in changed:
        if before is not None:
            _add(sums, before, -1, false)
            if before.bucket != after.bucket or before.time > after.time:
                left.add(before.bucket)
        _add(sums, after, 1, false)
    _apply(connection, sums)
    _look_again(connection, left)


def count_incident(connection: Connection, incident_id: str, *, false: bool) -> None:
    """People have called this incident a false alarm, or no longer do."""
    alerts = schema.alerts.c
    day = alerts.time.op("/")(DAY_NS)
    grouped = select(alerts.asset_id, alerts.detector, day.label("day"), func.count().label("n"), func.max(alerts.time))
    rows = connection.execute(
        grouped.where(alerts.incident_id == incident_id).group_by(alerts.asset_id, alerts.detector, day)
    ).all()
    sign = 1 if false else -1
    _apply(connection, {(row[0], row[1], row[2]): [0, sign * row[3], 0, row[4]] for row in rows})


def kept(query: Query) -> tuple[Table, list[ColumnElement[bool]]] | None:
    """The table that answers this question about alerts, and its rows; None if whole days of detectors do not answer it."""
    asked = msgspec.structs.replace(query, since=0, until=0, within=None, detector="", order="", cursor="", limit=1, skip=0)
    if asked != Query(limit=1) or query.since % DAY_NS or query.until % DAY_NS or query.since < 0 or query.until < 0:
        return None
    table = detector_tallies if query.within is None else asset_tallies
    where: list[ColumnElement[bool]] = []
    if query.since:
        where.append(table.c.day >= query.since // DAY_NS)
    if query.until:
        where.append(table.c.day < query.until // DAY_NS)
    if query.within is not None:
        where.append(visible("alert", table, query.within))
    return table, where


def _false(connection: Connection, names: Iterable[str]) -> frozenset[str]:
    incidents = schema.incidents.c
    found: set[str] = set()
    for some in chunks(sorted(names)):
        rows = connection.execute(
            select(incidents.id).where(incidents.id.in_(some), incidents.state == IncidentState.FALSE_ALARM.value)
        )
        found.update(rows.scalars())
    return frozenset(found)


def _add(sums: dict[_Bucket, list[int]], one: Counted, sign: int, false: frozenset[str]) -> None:
    held = sums.setdefault(one.bucket, [0, 0, 0, one.time])
    held[0] += sign
    held[1] += sign * (one.incident_id in false)
    held[2] += sign * one.incident_id.startswith(EXCEPTED)
    held[3] = max(held[3], one.time)


def _apply(connection: Connection, sums: Mapping[_Bucket, Sequence[int]]) -> None:
    """Differences are added; the latest only grows here."""
    whole: dict[tuple[str, int], list[int]] = {}
    for (_, detector, day), counts in sums.items():
        held = whole.setdefault((detector, day), [0, 0, 0, counts[3]])
        for place in range(3):
            held[place] += counts[place]
        held[3] = max(held[3], counts[3])
    rows = [{"asset_id": b[0], "detector": b[1], "day": b[2], **_named(counts)} for b, counts in sorted(sums.items())]
    total = [{"detector": name, "day": day, **_named(counts)} for (name, day), counts in sorted(whole.items())]
    for table, some in ((asset_tallies, rows), (detector_tallies, total)):
        if some:
            given = [{f"is_{name}": value for name, value in row.items()} for row in some]
            for statement in _ADDING[table.name]:
                connection.execute(statement, given)


def _named(counts: Sequence[int]) -> dict[str, int]:
    return dict(zip(_COUNTS, counts, strict=True))


def _adding(table: Table) -> tuple[Insert, Update]:
    """What makes a bucket that is not there, and what adds to one that is: two statements that all databases speak. Nobody
    else writes meanwhile."""
    keys = [column.name for column in table.primary_key]
    here = and_(*(table.c[key] == bindparam(f"is_{key}") for key in keys))
    given = [bindparam(f"is_{key}", type_=table.c[key].type).label(key) for key in keys]
    latest = bindparam("is_last", type_=table.c["last"].type)
    empty = select(*given, *(literal(0).label(count) for count in _COUNTS[:3]), latest.label("last")).where(
        ~exists().where(here)
    )
    sums: dict[str, Any] = {count: table.c[count] + bindparam(f"is_{count}") for count in _COUNTS[:3]}
    sums["last"] = case((latest > table.c["last"], latest), else_=table.c["last"])
    return insert(table).from_select([*keys, *_COUNTS], empty), update(table).where(here).values(sums)


_ADDING = {table.name: _adding(table) for table in (asset_tallies, detector_tallies)}


def _look_again(connection: Connection, left: Iterable[_Bucket]) -> None:
    """Which is the latest where one has gone elsewhere; what is empty is forgotten."""
    alerts = schema.alerts.c
    for table in (asset_tallies, detector_tallies):
        keys = [column.name for column in table.primary_key]
        places = {bucket if table is asset_tallies else bucket[1:] for bucket in left}
        if not places:
            continue
        rows = [{f"_{key}": part for key, part in zip(keys, place, strict=True)} for place in sorted(places)]
        here = and_(*(table.c[key] == bindparam(f"_{key}") for key in keys))
        connection.execute(delete(table).where(here, table.c.n <= 0), rows)
        for row in rows:
            first, end = _span(row["_day"])
            same = [alerts[key] == row[f"_{key}"] for key in keys if key != "day"]
            latest = select(func.max(alerts.time)).where(*same, alerts.time >= first, alerts.time < end)
            found = connection.execute(latest).scalar()
            if found is not None:
                connection.execute(update(table).where(here).values(last=found), row)


def _span(day: Any) -> tuple[int, int]:
    """Times that databases divide to this day: the one of 1970 is two days long."""
    if day > 0:
        return day * DAY_NS, (day + 1) * DAY_NS
    if day == 0:
        return -DAY_NS + 1, DAY_NS
    return (day - 1) * DAY_NS + 1, day * DAY_NS + 1
