"""A row for each finding of a vulnerability: what is kept of it to count and to find it by."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import bounded, plain
from periderm.adapters.store_sql.family import chunks
from periderm.model.finding import Finding

ID_LIMIT = 200
THOUSAND, MILLION = 10**3, 10**6
_FIGURES = ("vulnerability", "place", "package", "severity", "priority", "exploited", "probability", "fixed", "first_seen")


class Row(msgspec.Struct, frozen=True):
    """One finding of a vulnerability, as its table holds it. `priority` in thousandths,
    `probability` in millionths."""

    id: str
    vulnerability: str
    place: int
    package: str
    severity: int
    priority: int
    exploited: int
    probability: int
    fixed: int
    first_seen: int


def row_of(name: str, finding: Finding, place: int, old: Row | None) -> Row:
    """The row of a finding of a vulnerability; `old` is the one before."""
    v = finding.vulnerability
    assert v is not None  # noqa: S101 -- the caller chose those that have one
    first = min(filter(None, (old.first_seen if old else 0, finding.first_seen)), default=0)
    return Row(
        id=name,
        vulnerability=plain(v.id)[:ID_LIMIT],
        place=place,
        package=plain(v.name)[:ID_LIMIT],
        severity=int(finding.severity),
        priority=parts(v.priority, THOUSAND, 0),
        exploited=int(v.exploited),
        probability=parts(v.probability, MILLION, -MILLION),
        fixed=int(bool(v.fixed_in)),
        first_seen=bounded(first),
    )


def parts(value: float, scale: int, unknown: int) -> int:
    """A figure as a whole number of parts, since what is no number cannot be compared."""
    return round(min(max(value, -1.0), 1e6) * scale) if math.isfinite(value) else unknown


def stored(connection: Connection, names: Iterable[str]) -> dict[str, Row]:
    """The rows of these findings that exist."""
    found: dict[str, Row] = {}
    columns = schema.vulnerable.c
    for some in chunks(names):
        for row in connection.execute(select(columns.id, *(columns[f] for f in _FIGURES)).where(columns.id.in_(some))):
            found[row.id] = Row(*row)
    return found


def pairs(connection: Connection, places: set[int], touched: set[str]) -> dict[str, set[int]]:
    """Where of these places each touched vulnerability is."""
    columns = schema.vulnerable.c
    found: dict[str, set[int]] = defaultdict(set)
    for some in chunks(places):
        query = select(columns.vulnerability, columns.place).where(columns.place.in_(some)).distinct()
        for vulnerability, place in connection.execute(query):
            if vulnerability in touched:
                found[vulnerability].add(place)
    return found
