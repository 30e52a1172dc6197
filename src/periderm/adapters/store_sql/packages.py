"""Packages of all inventories: each distinct one once, and a row for each place that holds it. Read in pages by name."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, false, func, insert, select, tuple_, update

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import chunks
from periderm.adapters.store_sql.pages import CURSOR_LIMIT, check_limit, sought
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.places import IMAGES, running_of
from periderm.adapters.store_sql.reach import Reaches, places_within
from periderm.model.errors import UsageError
from periderm.model.image import ImageInventory
from periderm.model.places import PackagePlace
from periderm.model.query import Page, Query

TEXT_LIMIT = 300  # characters of a name, version or path in these tables; the inventory itself keeps all
_FIELDS = ("name", "version", "type", "purl", "licence")
_OTHERS = ("asset_id", "node_id", "workload_id", "incident_id", "detector", "vulnerability", "state", "since", "until", "order")
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="package"):
    """Where a page ended: the package, the place, and how many of its paths there were shown. Short, however long the
    names are."""

    package: _Int64
    place: _Int64
    skip: Annotated[int, msgspec.Meta(ge=1, le=10**6)]


class After(msgspec.Struct, frozen=True):
    """A cursor with the name and version of its package: where the next page begins in the order."""

    name: str
    version: str
    at: Cursor


_cursors = msgspec.msgpack.Decoder(Cursor)


def put_packages(connection: Connection, place: int, inventory: ImageInventory) -> None:
    """The rows of this place are those of the inventory: new ones are added, those that are gone removed."""
    layers = {layer: number for number, layer in enumerate(inventory.layers)}
    wanted: dict[tuple[str, str], int] = {}
    fields: dict[str, dict[str, str]] = {}
    for package in inventory.packages:
        shown = {name: _short(getattr(package, name)) for name in _FIELDS}
        key = _key(shown)
        fields[key] = shown
        wanted[key, _short(package.path)] = layers.get(package.layer, -1)
    there = _stored(connection, place)
    new = {at: layer for at, layer in wanted.items() if there.get(at, (0, None))[1] != layer}
    gone = [at for at, (_, layer) in there.items() if wanted.get(at) != layer]
    ids = _ids(connection, {key: fields[key] for key, _ in new})
    changes: dict[int, int] = {}
    _remove(connection, place, [(there[at][0], at[1]) for at in gone], changes)
    rows = [{"package": ids[key], "place": place, "path": path, "layer": layer} for (key, path), layer in new.items()]
    if rows:
        connection.execute(insert(schema.package_places), rows)
    for row in rows:
        number = row["package"]
        assert isinstance(number, int)  # noqa: S101 -- for the type checker
        changes[number] = changes.get(number, 0) + 1
    _count(connection, changes)


def _short(text: str) -> str:
    return plain(text)[:TEXT_LIMIT]


def _key(shown: dict[str, str]) -> str:
    text = "\0".join(shown[name] for name in _FIELDS)  # NUL is in no value: `plain` wrote it out
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _stored(connection: Connection, place: int) -> dict[tuple[str, str], tuple[int, int]]:
    """(package's id, layer) by key and path."""
    at, packages = schema.package_places.c, schema.packages.c
    query = select(packages.key, at.path, at.package, at.layer).join_from(
        schema.package_places, schema.packages, packages.id == at.package
    )
    return {(row.key, row.path): (row.package, row.layer) for row in connection.execute(query.where(at.place == place))}


def _ids(connection: Connection, wanted: dict[str, dict[str, str]]) -> dict[str, int]:
    """The ids of packages by key; those that are new get one."""
    columns = schema.packages.c
    found: dict[str, int] = {}
    for some in chunks(wanted):
        found.update(
            (row.key, row.id) for row in connection.execute(select(columns.key, columns.id).where(columns.key.in_(some)))
        )
    missing = [key for key in wanted if key not in found]
    if missing:
        last: int = connection.execute(select(func.coalesce(func.max(columns.id), 0))).scalar_one()
        found.update((key, last + n) for n, key in enumerate(missing, 1))
        rows: list[dict[str, object]] = []
        for key in missing:
            shown = wanted[key]
            folded = shown["name"].casefold()
            search = f"{folded}\n{shown['purl'].casefold()}"
            rows.append({**shown, "id": found[key], "key": key, "folded": folded, "search": search, "places": 0})
        connection.execute(insert(schema.packages), rows)
    return found


def _remove(connection: Connection, place: int, gone: Sequence[tuple[int, str]], changes: dict[int, int]) -> None:
    columns = schema.package_places.c
    if not gone:
        return
    this = (columns.place == place) & (columns.package == bindparam("_package")) & (columns.path == bindparam("_path"))
    statement = delete(schema.package_places).where(this)
    connection.execute(statement, [{"_package": package, "_path": path} for package, path in gone])
    for package, _ in gone:
        changes[package] = changes.get(package, 0) - 1


def _count(connection: Connection, changes: dict[int, int]) -> None:
    """Note how many places each package has; one that is nowhere any more is forgotten."""
    table = schema.packages
    moved = [{"_id": package, "_by": by} for package, by in changes.items() if by]
    if moved:
        statement = update(table).where(table.c.id == bindparam("_id")).values(places=table.c.places + bindparam("_by"))
        connection.execute(statement, moved)
    for some in chunks(package for package, by in changes.items() if by < 0):
        connection.execute(delete(table).where(table.c.id.in_(some), table.c.places <= 0))


class SqlPackages(Part):
    """The packages of `ports.store.FindingStore`."""

    def packages(self, query: Query) -> Page[PackagePlace]:
        """A page of packages by name, version and place."""
        check_limit(query)
        for field in _OTHERS:
            if getattr(query, field):
                raise UsageError(f"A list of packages has no {field}.", "Leave it out.")
        if query.severity_at_least:
            raise UsageError("A list of packages cannot be filtered by severity.", "Look in the list of vulnerabilities.")
        with self._database.reading() as connection:
            after = _after(connection, query.cursor) if query.cursor else None
            if query.within is not None:
                rows, total = _within(connection, query, after, query.within)
            elif query.image_digest:
                rows, total = _of_image(connection, query, after)
            else:
                rows, total = _everywhere(connection, query, after)
            shown = rows[: query.limit]
            items = _places(connection, shown, query.within)
            above = _above(connection, shown[0]) if query.skip and len(rows) > query.limit else 0
        more = _write_cursor(shown, after, above) if len(rows) > query.limit else ""
        return Page(items, more, total)


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    columns = schema.packages.c
    where: list[ColumnElement[bool]] = []
    if query.kind:
        where.append(columns.type == plain(query.kind))
    text = sought(query.text)
    if text.startswith("=") and len(text) > 1:
        where.append(columns.folded == text[1:])
    elif text:
        where.append(columns.search.contains(text, autoescape=True))
    return where


def _rows_wanted(where: Sequence[ColumnElement[bool]], after: After | None, limit: int, skip: int = 0) -> Any:
    """Places joined with packages, in the order of a page."""
    at, packages = schema.package_places.c, schema.packages.c
    order = (packages.name, packages.version, packages.id, at.place, at.path)
    found = select(*(packages[name] for name in _FIELDS), packages.id, at.place, at.path, at.layer).join_from(
        schema.packages, schema.package_places, at.package == packages.id
    )
    if after is not None:
        last = (after.name, after.version, after.at.package, after.at.place)
        found = found.where(tuple_(*order[:4]) >= tuple_(*last)).offset(after.at.skip)
    elif skip:
        found = found.offset(skip)
    return found.where(*where).order_by(*order).limit(limit + 1)


def _of_image(connection: Connection, query: Query, after: After | None) -> tuple[Sequence[Any], int]:
    at, packages = schema.package_places.c, schema.packages.c
    place = select(schema.places.c.number).where(schema.places.c.id == plain(query.image_digest)).scalar_subquery()
    where = [at.place == place, *_conditions(query)]
    counted = select(func.count()).select_from(schema.packages).join(schema.package_places, at.package == packages.id)
    total: int = connection.execute(counted.where(*where)).scalar_one()
    return connection.execute(_rows_wanted(where, after, query.limit, query.skip)).all(), total


def _within(connection: Connection, query: Query, after: After | None, within: Reaches) -> tuple[Sequence[Any], int]:
    """In the images and hosts of a part; a caller who sees a part has not a million places."""
    at, packages = schema.package_places.c, schema.packages.c
    places = places_within(within)
    if query.image_digest:
        places = places.where(schema.places.c.id == plain(query.image_digest))
    where = [at.place.in_(places), *_conditions(query)]
    counted = select(func.count()).select_from(schema.packages).join(schema.package_places, at.package == packages.id)
    total: int = connection.execute(counted.where(*where)).scalar_one()
    return connection.execute(_rows_wanted(where, after, query.limit, query.skip)).all(), total


def _everywhere(connection: Connection, query: Query, after: After | None) -> tuple[Sequence[Any], int]:
    """First the distinct packages that fill the page, then their places: a million places are never sorted."""
    packages = schema.packages.c
    where = _conditions(query)
    total: int = connection.execute(select(func.coalesce(func.sum(packages.places), 0)).where(*where)).scalar_one()
    if not total:
        return (), 0
    order = (packages.name, packages.version, packages.id)
    found = select(packages.id, packages.places).where(*where)
    if after is not None:
        # The plain bound on the first column lets the index begin there; the rest is exact.
        found = found.where(packages.name >= after.name)
        found = found.where(tuple_(*order) >= tuple_(after.name, after.version, after.at.package))
    chosen: list[int] = []
    enough = query.limit + 1
    found, left = _entered(connection, found, query.skip)
    enough += left
    for row in connection.execute(found.order_by(*order).limit(query.limit + 2)):
        chosen.append(row.id)
        if after is None or row.id != after.at.package:
            enough -= row.places
        if enough <= 0:
            break
    if not chosen:
        return (), total
    return connection.execute(_rows_wanted([packages.id.in_(chosen)], after, query.limit, left)).all(), total


def _entered(connection: Connection, found: Select[Any], skip: int) -> tuple[Select[Any], int]:
    """The packages from the one on that holds the row so deep in the list, and how many of its rows lie above that one. Counted
    over distinct packages, of which there are far fewer than places."""
    if not skip:
        return found, 0
    columns = schema.packages.c
    order = (columns.name, columns.version, columns.id)
    summed = found.add_columns(
        func.sum(columns.places).over(order_by=order, rows=(None, 0)).label("upto"), *order[:2]
    ).subquery()
    first = select(summed).where(summed.c.upto > skip).order_by(summed.c.upto).limit(1)
    row = connection.execute(first).first()
    if row is None:
        return found.where(false()), 0
    begun = found.where(tuple_(*order) >= tuple_(row.name, row.version, row.id))
    return begun, skip - (row.upto - row.places)


def _places(connection: Connection, rows: Sequence[Any], within: Reaches | None = None) -> tuple[PackagePlace, ...]:
    columns = schema.places.c
    known: dict[int, tuple[str, str, list[str]]] = {}
    for some in chunks({row.place for row in rows}):
        query = select(columns.number, columns.id, columns.layers, columns.doc).where(columns.number.in_(some))
        for row in connection.execute(query):
            known[row.number] = (row.id, decode(row.doc, IMAGES.decoder).name, row.layers.split(" "))
    running = running_of(connection, {digest for digest, _, _ in known.values()}, within)
    items = []
    for row in rows:
        digest, name, layers = known[row.place]
        items.append(
            PackagePlace(
                **{field: getattr(row, field) for field in _FIELDS},
                image_digest=digest,
                reference=name,
                layer=layers[row.layer] if 0 <= row.layer < len(layers) else "",
                path=row.path,
                running=running.get(digest, 0),
            )
        )
    return tuple(items)


def _above(connection: Connection, row: Any) -> int:
    """How many paths of the same package in the same place lie above this row, where a page begins in their midst."""
    at = schema.package_places.c
    same = [at.package == row.id, at.place == row.place, at.path < row.path]
    return int(connection.execute(select(func.count()).select_from(schema.package_places).where(*same)).scalar_one())


def _write_cursor(shown: Sequence[Any], after: After | None, above: int = 0) -> str:
    last = shown[-1]
    skip = 0
    for row in reversed(shown):
        if (row.id, row.place) != (last.id, last.place):
            break
        skip += 1
    if after is not None and skip == len(shown) and (after.at.package, after.at.place) == (last.id, last.place):
        skip += after.at.skip
    if skip == len(shown):
        skip += above
    cursor = Cursor(last.id, last.place, skip)
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(cursor)).decode("ascii").rstrip("=")


def _after(connection: Connection, text: str) -> After:
    """Raises UsageError for a cursor that is none, or whose package is nowhere any more."""
    try:
        if len(text) > CURSOR_LIMIT:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        cursor = _cursors.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise UsageError("The cursor is not one that Periderm gave out.", "Ask again without a cursor.") from error
    columns = schema.packages.c
    found = connection.execute(select(columns.name, columns.version).where(columns.id == cursor.package)).first()
    if found is None:
        raise UsageError("The list has changed since that page.", "Ask again without a cursor.")
    return After(found.name, found.version, cursor)
