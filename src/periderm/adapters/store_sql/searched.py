"""A page of a search over a family that may have a million rows: what is looked at is bounded, and what is left out is told.

Where an index leads to few rows that can fit, those are looked at, all of them. Else the rows are walked in the order of the
list, so many at a time, and the cursor leads on from the last one that was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select

from periderm.adapters.store_sql.conditions import condition, has_index, indexed
from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.pages import Cursor, after, check_limit, conditions, write_cursor
from periderm.adapters.store_sql.reach import visible
from periderm.model.errors import UsageError
from periderm.model.query import Page, Query
from periderm.model.search import Match, needed

Item = TypeVar("Item", bound=msgspec.Struct)
LOOKED_AT = 10_000
_EQUAL = ("asset_id", "node_id", "workload_id", "image_digest", "incident_id", "detector", "state")


def searched(
    connection: Connection, family: Family[Item], query: Query, extra: Sequence[ColumnElement[bool]] = ()
) -> Page[Item]:
    """One page of what fits `query.where` and all else that the query says. Raises UsageError."""
    check_limit(query)
    if query.where is None:
        raise UsageError("Nothing is searched for.", "Say what.")
    if query.order not in ("", "severity") or (query.order and family.rank not in family.table.c):
        raise UsageError(f"A list of {family.what}s cannot be ordered by {query.order!r}.", "Leave the order out.")
    fitting = [*conditions(family, query), condition(family.what, family.table, query.where), *extra]
    bounds = _bounds(family, query)
    chosen = _led(connection, family, query, bounds)
    complete = chosen is not None
    if chosen is None:
        first, more = _walk(connection, family, query, bounds, after_cursor=False)
        window, rest = _walk(connection, family, query, bounds, after_cursor=True)
        complete = more is None
    else:
        first = window = chosen
        rest = None
        if query.cursor:
            behind = _joined(family, window, _wanted(family, query)).where(after(family, query))
            window = behind.subquery()
    total = connection.execute(_joined(family, first, [func.count()]).where(*fitting)).scalar_one()
    rows = connection.execute(_page(family, query, window, fitting)).all()
    shown = rows[: query.limit]
    items = tuple(decode(row.doc, family.decoder) for row in shown)
    ends = shown[-1] if len(rows) > query.limit else rest
    cursor = _cursor(family, query, ends) if ends is not None else ""
    return Page(items, cursor, total, 0 if complete else LOOKED_AT)


def _bounds(family: Family[Item], query: Query) -> list[ColumnElement[bool]]:
    """What an index of the list's own order can be cut by: times, and the kind of a table that holds several."""
    columns = family.table.c
    found: list[ColumnElement[bool]] = []
    if query.since:
        found.append(columns.time >= query.since)
    if query.until:
        found.append(columns.time < query.until)
    parts = needed(query.where) if query.where is not None else ()
    times = (part for part in parts if isinstance(part, Match) and part.field == "time")
    found.extend(condition(family.what, family.table, part) for part in times)
    if family.what == "image" and query.kind:
        found.append(columns.kind == plain(query.kind))
    return found


def _led(connection: Connection, family: Family[Item], query: Query, bounds: list[ColumnElement[bool]]) -> FromClause | None:
    """The fewest rows that an index leads to; None if all of these are too many."""
    columns = family.table.c
    parts = needed(query.where) if query.where is not None else ()
    ways = [condition(family.what, family.table, part) for part in parts if indexed(family.table, part)]
    for field in _EQUAL:
        name = family.aliases.get(field, field)
        if (value := getattr(query, field)) and has_index(family.table, name):
            ways.append(columns[name] == plain(value))
    if query.within is not None:
        ways.append(visible(family.what, family.table, query.within))
    best: tuple[int, FromClause] | None = None
    for way in ways:
        rows = select(*_wanted(family, query)).where(way, *bounds).limit(LOOKED_AT + 1).subquery()
        count = connection.execute(select(func.count()).select_from(rows)).scalar_one()
        if count <= LOOKED_AT and (best is None or count < best[0]):
            best = count, rows
    return best[1] if best is not None else None


def _walk(
    connection: Connection, family: Family[Item], query: Query, bounds: list[ColumnElement[bool]], *, after_cursor: bool
) -> tuple[FromClause, Any]:
    """So many rows in the order of the list, and the last of them (None if there are no more behind it)."""
    where = [*bounds, after(family, query)] if after_cursor and query.cursor else bounds
    ordered = select(*_wanted(family, query)).where(*where).order_by(*_order(family.table.c, family, query))
    last = connection.execute(ordered.offset(LOOKED_AT - 1).limit(2)).all()
    return ordered.limit(LOOKED_AT).subquery(), last[0] if len(last) == 2 else None


def _wanted(family: Family[Item], query: Query) -> list[ColumnElement[Any]]:
    columns = family.table.c
    return [columns.id, columns.time, *([columns[family.rank]] if query.order else [])]


def _order(columns: Any, family: Family[Item], query: Query) -> list[ColumnElement[Any]]:
    ranked = [columns[family.rank].desc()] if query.order else []
    return [*ranked, columns.time.desc(), columns.id]


def _joined(family: Family[Item], chosen: FromClause, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return select(*columns).join_from(chosen, family.table, family.table.c.id == chosen.c.id)


def _page(family: Family[Item], query: Query, chosen: FromClause, fitting: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Ordered by the columns of what was chosen, so that the database begins there and not at an index of the table."""
    found = _joined(family, chosen, [*chosen.c, family.table.c.doc]).where(*fitting)
    return found.order_by(*_order(chosen.c, family, query)).limit(query.limit + 1).offset(query.skip)


def _cursor(family: Family[Item], query: Query, row: Any) -> str:
    severity = getattr(row, family.rank) if query.order else 0
    return write_cursor(Cursor(family.what, query.order, severity, row.time, row.id))
