"""A Query as SQL, a page at a time: each page goes on from the last row of the one before, so that it costs the same
however deep it is. Cursors come back from outside and are believed in nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import ID_LIMIT, Family
from periderm.adapters.store_sql.reach import visible
from periderm.model.errors import UsageError
from periderm.model.query import MOST_SKIPPED, Page, Query

Item = TypeVar("Item", bound=msgspec.Struct)

TEXT_LIMIT = 1_000
CURSOR_LIMIT = 4 * ID_LIMIT * 4 // 3 + 100  # four bytes a character, in base64, and the numbers
_EQUAL = ("kind", "asset_id", "node_id", "workload_id", "image_digest", "incident_id", "detector", "state")
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last row of a page."""

    what: str
    order: str
    severity: _Int64
    time: _Int64
    id: Annotated[str, msgspec.Meta(max_length=ID_LIMIT)]


_cursor_decoder = msgspec.msgpack.Decoder(Cursor)


Total = Callable[[str, Query, Callable[[], int]], int]


def page(
    connection: Connection,
    family: Family[Item],
    query: Query,
    extra: Sequence[ColumnElement[bool]] = (),
    *,
    known: Total = lambda _what, _query, count: count(),
) -> Page[Item]:
    """One page of a family, restricted by `extra` besides. `known` may know how many rows there are (what, which, how they are
    counted). Raises UsageError for a query that cannot be answered."""
    check_limit(query)
    where = [*conditions(family, query), *extra]

    def count() -> int:
        counted = [*conditions(family, query, counting=True), *extra]
        return int(connection.execute(select(func.count()).select_from(family.table).where(*counted)).scalar_one())

    rows = connection.execute(statement(family, query, where)).all()
    if not query.cursor and not query.skip and len(rows) <= query.limit:
        total = len(rows)  # all that there are: most lists are short, and to count them is half of what they cost
    else:
        total = count() if extra else known(family.what, query, count)
    if not total:
        return Page(())
    shown = rows[: query.limit]
    items = tuple(decode(row.doc, family.decoder) for row in shown)
    if len(rows) <= query.limit:
        return Page(items, "", total)
    last = shown[-1]
    severity = getattr(last, family.rank) if query.order == "severity" else 0
    return Page(items, write_cursor(Cursor(family.what, query.order, severity, last.time, last.id)), total)


def statement(family: Family[Item], query: Query, where: Sequence[ColumnElement[bool]]) -> Select[tuple[object, ...]]:
    """The rows of one page and one more."""
    columns = family.table.c
    wanted = [columns.id, columns.time, columns.doc]
    order: list[ColumnElement[object]] = [columns.time.desc(), columns.id]
    if query.order == "severity":
        if family.rank not in columns:
            raise UsageError(f"A list of {family.what}s cannot be ordered by severity.", "Leave the order out.")
        wanted.append(columns[family.rank])
        order.insert(0, columns[family.rank].desc())
    elif query.order:
        raise UsageError(f"There is no order {query.order!r}.", "Use 'severity', or leave it out for the newest first.")
    found = select(*wanted).where(*where)
    if query.cursor:
        found = found.where(after(family, query))
    elif query.skip:
        # Along the index alone: documents are looked up for the rows of the page, not for those passed over.
        inner = select(columns.id).where(*where).order_by(*order).limit(query.limit + 1).offset(query.skip)
        return select(*wanted).where(columns.id.in_(inner)).order_by(*order)
    return found.order_by(*order).limit(query.limit + 1)


def conditions(family: Family[Item], query: Query, *, counting: bool = False) -> list[ColumnElement[bool]]:
    """The filter of a query, to list or to count by. Raises UsageError for a field that this family does not have: ignoring it
    would lie."""
    columns = family.table.c
    where: list[ColumnElement[bool]] = []
    for field in _EQUAL:
        value: str = getattr(query, field)
        if value:
            name = family.aliases.get(field, field)
            _has(family, field, name in columns)
            where.append(columns[name] == plain(value))
    if query.severity_at_least:
        _has(family, "severity", "severity" in columns)
        # The sum keeps the database from taking the index of severities and then sorting by time all that it found.
        severity = columns.severity if counting else columns.severity + 0
        where.append(severity >= int(query.severity_at_least))
    if query.vulnerability:
        _has(family, "vulnerability", "vulnerability" in columns)
        where.append(columns.vulnerability == plain(query.vulnerability))
    if query.since:
        where.append(columns.time >= _time(query.since))
    if query.until:
        where.append(columns.time < _time(query.until))
    if query.within is not None:
        where.append(visible(family.what, family.table, query.within))
    if query.text:
        where.append(columns.search.contains(sought(query.text), autoescape=True))
    return where


def sought(text: str) -> str:
    """The text to look for as `search` columns hold it. Raises UsageError if it is too long."""
    if len(text) > TEXT_LIMIT:
        raise UsageError(f"The text to look for is longer than {TEXT_LIMIT} characters.", "Look for a part of it.")
    return plain(text).casefold()


def check_limit(query: Query) -> None:
    """Raises UsageError if a page cannot have so many items."""
    if not 1 <= query.limit <= 1000:
        raise UsageError(f"A page has 1 to 1000 items, not {query.limit}.", "Ask for fewer, and follow the cursor.")
    if not 0 <= query.skip <= MOST_SKIPPED or (query.skip and query.cursor):
        raise UsageError(f"A list is entered at most {MOST_SKIPPED} rows deep, and not behind a cursor.", "Filter it further.")


def _has(family: Family[Item], field: str, there: bool) -> None:
    if not there:
        raise UsageError(f"A list of {family.what}s cannot be filtered by {field}.", "Leave that filter out.")


def _time(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise UsageError("A time is outside of what Unix nanoseconds can say.", "Give it in nanoseconds since 1970.")
    return value


def after(family: Family[Item], query: Query) -> ColumnElement[bool]:
    """Rows beyond the cursor, said so that an index can begin there: a plain bound on its first column first."""
    columns = family.table.c
    last = _read_cursor(query.cursor)
    if last.what != family.what or last.order != query.order:
        raise UsageError("The cursor belongs to another list.", "Ask again without a cursor.")
    later = and_(columns.time <= last.time, or_(columns.time < last.time, columns.id > last.id))
    if query.order != "severity":
        return later
    rank = columns[family.rank]
    return and_(rank <= last.severity, or_(rank < last.severity, later))


def write_cursor(cursor: Cursor) -> str:
    """The row as the next page is asked for."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(cursor)).decode("ascii").rstrip("=")


def _read_cursor(text: str) -> Cursor:
    try:
        if len(text) > CURSOR_LIMIT:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        cursor = _cursor_decoder.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise UsageError("The cursor is not one that Periderm gave out.", "Ask again without a cursor.") from error
    if cursor.id != plain(cursor.id):
        raise UsageError("The cursor is not one that Periderm gave out.", "Ask again without a cursor.")
    return cursor
