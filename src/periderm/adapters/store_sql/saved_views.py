"""Views that people keep, and names to complete searches with. Each look is along an index, and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, or_, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.asset_words import GREATEST, NAMED, folded
from periderm.adapters.store_sql.documents import decode, plain
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.reach import Reaches, assets_within, digests_within, places_within
from periderm.adapters.store_sql.schema_handlings import handlings
from periderm.adapters.store_sql.schema_search import asset_words, saved_views
from periderm.model.saved_view import SavedView

MOST_VIEWS = 1_000


def _columns(view: SavedView) -> Mapping[str, object]:
    return {"time": view.made, "author": view.author, "shared": int(view.shared), "page": view.page}


VIEWS: Family[SavedView] = Family(
    what="view",
    table=saved_views,
    decoder=msgspec.msgpack.Decoder(SavedView),
    key=lambda view: view.id,
    columns=_columns,
)


class SqlSavedViews(Part):
    """`ports.saved_views.SavedViewStore`."""

    def put_view(self, view: SavedView) -> None:
        """Store or replace."""
        with self._database.writing() as transaction:
            VIEWS.put(transaction, [view], lambda _old, new: new)

    def remove_view(self, view_id: str) -> bool:
        """Whether it was there."""
        with self._database.writing() as transaction:
            there = VIEWS.get(transaction.connection, view_id) is not None
            VIEWS.remove(transaction, [plain(view_id)])
            return there

    def view(self, view_id: str) -> SavedView | None:
        """One of them."""
        return self._get(VIEWS, view_id)

    def views(self, author: str, page: str = "") -> Sequence[SavedView]:
        """Those of an author and all that are shared, by name."""
        columns = saved_views.c
        found = select(columns.doc).where(or_(columns.author == plain(author), columns.shared == 1))
        if page:
            found = found.where(columns.page == plain(page))
        with self._database.reading() as connection:
            rows = connection.execute(found.order_by(columns.time.desc()).limit(MOST_VIEWS)).scalars().all()
        return sorted((decode(row, VIEWS.decoder) for row in rows), key=lambda view: (view.name.casefold(), view.id))

    def names_like(self, field: str, beginning: str, most: int, within: Reaches | None = None) -> Sequence[str]:
        """Along the index of that kind of name."""
        found = _names(field, beginning, within)
        with self._database.reading() as connection:
            return list(connection.execute(found.limit(most)).scalars())


def _names(field: str, beginning: str, within: Reaches | None) -> Select[Any]:
    rows, packages, whose = schema.vulnerable.c, schema.packages.c, handlings.c
    match field:
        case "cve":
            names = schema.vulnerabilities.c.id
            found = _from(names, plain(beginning).upper())
            if within is not None:
                found = found.where(names.in_(select(rows.vulnerability).where(rows.place.in_(places_within(within)))))
            return found
        case "package":
            found = _from(packages.folded, folded(beginning)).distinct()
            if within is not None:
                at = schema.package_places.c
                found = found.where(packages.id.in_(select(at.package).where(at.place.in_(places_within(within)))))
            return found
        case "assignee":
            found = _from(whose.assignee, plain(beginning)).where(whose.assignee != "").distinct()
            return found if within is None else found.where(_seen(whose.asset_id, within))
        case _:
            words = asset_words.c
            fields = NAMED if field == "asset" else (field,)
            found = _from(words.value, folded(beginning)).where(words.field.in_(fields)).distinct()
            return found if within is None else found.where(_seen(words.id, within))


def _from(column: ColumnElement[str], beginning: str) -> Select[Any]:
    """A range, so that an index serves it."""
    return select(column).where(column >= beginning, column < beginning + GREATEST).order_by(column)


def _seen(column: ColumnElement[str], within: Reaches) -> ColumnElement[bool]:
    """Assets of a part, and the images that they run."""
    assets, digests = assets_within(within), digests_within(within)
    if assets is None or digests is None:
        return column.in_([])
    images = select(schema.assets.c.id).where(schema.assets.c.kind == "image", schema.assets.c.image_digest.in_(digests))
    return or_(column.in_(assets), column.in_(images))
