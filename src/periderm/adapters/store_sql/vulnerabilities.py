"""Which vulnerability is where, kept as findings change, and read in pages by priority."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, false, func, insert, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import plain
from periderm.adapters.store_sql.family import chunks
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.reach import Reaches, assets_within, places_within
from periderm.adapters.store_sql.summaries import VULNERABILITIES, counted_within, summarise
from periderm.adapters.store_sql.vulnerable import ID_LIMIT, pairs, row_of, stored
from periderm.model.errors import UsageError
from periderm.model.finding import Finding
from periderm.model.places import VulnerabilityPlaces
from periderm.model.query import Page, Query

STATES = ("exploited", "fixed", "running")


def note(connection: Connection, gone: Iterable[str], findings: Sequence[Finding], place_of: Callable[[Finding], int]) -> None:
    """These findings are gone, those are as they are now. Findings of no vulnerability are passed over."""
    told = {plain(f.id): f for f in findings}
    there = stored(connection, {*gone, *told})
    new = {name: row_of(name, f, place_of(f), there.get(name)) for name, f in told.items() if f.vulnerability is not None}
    removed = [row for name, row in there.items() if new.get(name) != row]
    added = [row for name, row in new.items() if there.get(name) != row]
    if not removed and not added:
        return
    touched = {row.vulnerability for row in (*removed, *added)}
    places = {row.place for row in (*removed, *added)}
    before = pairs(connection, places, touched)
    for some in chunks(row.id for row in removed):
        connection.execute(delete(schema.vulnerable).where(schema.vulnerable.c.id.in_(some)))
    if added:
        connection.execute(insert(schema.vulnerable), [msgspec.structs.asdict(row) for row in added])
    after = pairs(connection, places, touched)
    summarise(connection, (removed, added), (before, after), told)


def of_vulnerability(name: str) -> ColumnElement[bool]:
    """Findings of one vulnerability."""
    rows = schema.vulnerable.c
    return schema.findings.c.id.in_(select(rows.id).where(rows.vulnerability == plain(name)[:ID_LIMIT]))


class SqlVulnerabilities(Part):
    """The vulnerabilities of `ports.store.FindingStore`."""

    def vulnerabilities(self, query: Query) -> Page[VulnerabilityPlaces]:
        """A page of vulnerabilities, the greatest priority first."""
        extra = self._extra(query)
        bare = msgspec.structs.replace(query, order="severity", state="", image_digest="", vulnerability="")
        with self._database.reading() as connection:
            page = self._page(VULNERABILITIES, bare, extra)
            if query.within is not None:
                page = Page(
                    counted_within(connection, page.items, places_within(query.within)),
                    page.next_cursor,
                    page.total,
                    page.looked_at,
                )
            running = _running(connection, [plain(v.id) for v in page.items], query.within)
        items = tuple(msgspec.structs.replace(v, running=running.get(plain(v.id), 0)) for v in page.items)
        return Page(items, page.next_cursor, page.total, page.looked_at)

    def _extra(self, query: Query) -> list[ColumnElement[bool]]:
        columns, rows, places = schema.vulnerabilities.c, schema.vulnerable.c, schema.places.c
        where: list[ColumnElement[bool]] = []
        if query.vulnerability:
            where.append(columns.id == plain(query.vulnerability)[:ID_LIMIT])
        if query.image_digest:
            place = select(places.number).where(places.id == plain(query.image_digest))
            where.append(columns.id.in_(select(rows.vulnerability).where(rows.place.in_(place))))
        match query.state:
            case "":
                pass
            case "exploited":
                where.append(columns.exploited == 1)
            case "fixed":
                where.append(columns.fixed == 1)
            case "running":
                runs = select(places.number).where(places.id.in_(select(schema.running.c.image_digest).distinct()))
                where.append(columns.id.in_(select(rows.vulnerability).where(rows.place.in_(runs))))
            case _:
                raise UsageError(f"Vulnerabilities have no state {query.state[:40]!r}.", f"Use one of {', '.join(STATES)}.")
        return where


def _running(connection: Connection, names: Sequence[str], within: Reaches | None = None) -> dict[str, int]:
    """Containers that run now and hold each of these."""
    running, places, rows = schema.running.c, schema.places.c, schema.vulnerable.c
    counts = select(places.number, func.count()).join_from(schema.running, schema.places, places.id == running.image_digest)
    if within is not None:
        seen = assets_within(within)
        counts = counts.where(running.id.in_(seen) if seen is not None else false())
    of_place: dict[int, int] = {row[0]: row[1] for row in connection.execute(counts.group_by(places.number))}
    found: dict[str, int] = {}
    for some in chunks(of_place):
        query = select(rows.vulnerability, rows.place).where(rows.place.in_(some), rows.vulnerability.in_(names)).distinct()
        for name, place in connection.execute(query):
            found[name] = found.get(name, 0) + of_place[place]
    return found
