"""The audit log in its table: added to and read, with no statement that changes or removes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, Row, func, insert, select

from periderm.adapters.store_sql.conditions import condition
from periderm.adapters.store_sql.documents import bounded, clean, plain, searchable
from periderm.adapters.store_sql.pages import check_limit, sought
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.schema_people import audit_log
from periderm.model.audit import AuditEntry, bound
from periderm.model.errors import UsageError
from periderm.model.query import Page, Query
from periderm.model.search import Condition

_FIELDS = AuditEntry.__struct_fields__
_COLUMNS = tuple(audit_log.c[name] for name in _FIELDS)
_ASKED = frozenset({"kind", "text", "since", "until", "cursor", "limit", "skip", "where"})
LOOKED_AT = 20_000  # entries that one page of a search looks at


class SqlAudit(Part):
    """`ports.audit.AuditStore`."""

    def put_audit(self, entry: AuditEntry) -> AuditEntry:
        """Adds it behind the last one; the write lock is held from the look at that one to the end of the transaction."""
        entry = clean(msgspec.structs.replace(entry, time=bounded(entry.time)))
        texts = {name: plain(getattr(entry, name)) for name in ("who", "action", "subject", "detail")}
        last = select(*_COLUMNS).order_by(audit_log.c.sequence.desc()).limit(1)
        with self._database.writing() as transaction:
            found = transaction.connection.execute(last).first()
            linked = bound(msgspec.structs.replace(entry, **texts), None if found is None else _entry(found))
            row = {name: getattr(linked, name) for name in _FIELDS}
            row["search"] = searchable(*texts.values())
            transaction.connection.execute(insert(audit_log), [row])
            transaction.tell("audit", str(linked.sequence))
        return linked

    def audit_entries(self, query: Query) -> Page[AuditEntry]:
        """The latest first. Raises UsageError for what the log cannot be asked."""
        check_limit(query)
        if query.where is not None:
            return self._searched(query, query.where)
        where = _conditions(query)
        counted = select(func.count()).select_from(audit_log).where(*where)
        if query.cursor:
            where.append(audit_log.c.sequence < _number(query.cursor))
        found = select(*_COLUMNS).where(*where).order_by(audit_log.c.sequence.desc()).limit(query.limit + 1)
        if query.skip:  # along the number alone: what is passed over is not read
            passed = select(audit_log.c.sequence).where(*where).order_by(audit_log.c.sequence.desc())
            first = passed.limit(1).offset(query.skip).scalar_subquery()
            found = found.where(audit_log.c.sequence <= first)
        with self._database.reading() as connection:
            total = connection.execute(counted).scalar_one()
            rows = connection.execute(found).all()
        shown = tuple(_entry(row) for row in rows[: query.limit])
        return Page(shown, str(shown[-1].sequence) if len(rows) > query.limit else "", total)

    def _searched(self, query: Query, wanted: Condition) -> Page[AuditEntry]:
        """Among so many entries, the latest first; the cursor leads on from where it ended."""
        column = audit_log.c.sequence
        fitting = [*_conditions(query), condition("audit", audit_log, wanted)]
        with self._database.reading() as connection:
            last: int = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
            begin = min(last, _number(query.cursor) - 1) if query.cursor else last
            window = [column <= begin, column > begin - LOOKED_AT]
            found = select(*_COLUMNS).where(*window, *fitting).order_by(column.desc()).limit(query.limit + 1)
            rows = connection.execute(found).all()
            newest = [column > last - LOOKED_AT, *fitting]
            total = connection.execute(select(func.count()).select_from(audit_log).where(*newest)).scalar_one()
        shown = tuple(_entry(row) for row in rows[: query.limit])
        ends = shown[-1].sequence if len(rows) > query.limit else max(0, begin - LOOKED_AT + 1)
        return Page(shown, str(ends) if ends > 1 else "", total, LOOKED_AT if last > LOOKED_AT else 0)

    def audit_after(self, sequence: int, limit: int = 1000) -> Sequence[AuditEntry]:
        """In their order."""
        found = select(*_COLUMNS).where(audit_log.c.sequence > bounded(sequence)).order_by(audit_log.c.sequence).limit(limit)
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(found).all()]


def _entry(row: Row[tuple[object, ...]]) -> AuditEntry:
    return msgspec.convert(dict(zip(_FIELDS, row, strict=True)), AuditEntry)


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    asked = [name for name in query.__struct_fields__ if getattr(query, name) != getattr(Query(), name)]
    for name in asked:
        if name not in _ASKED:
            raise UsageError(f"The audit log cannot be filtered by {name}.", "Leave that filter out.")
    columns = audit_log.c
    where: list[ColumnElement[bool]] = []
    if query.kind:
        kind = plain(query.kind)
        where.append(columns.action.startswith(kind, autoescape=True) if kind.endswith(".") else columns.action == kind)
    if query.since:
        where.append(columns.time >= bounded(query.since))
    if query.until:
        where.append(columns.time < bounded(query.until))
    if query.text:
        where.append(columns.search.contains(sought(query.text), autoescape=True))
    return where


def _number(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise UsageError("The cursor is not one that Periderm gave out.", "Ask again without a cursor.")
    return int(cursor)
