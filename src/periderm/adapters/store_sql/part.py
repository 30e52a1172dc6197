"""What the parts of the store share: the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import ColumnElement

from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.pages import Total, page
from periderm.adapters.store_sql.searched import searched
from periderm.model.query import Page, Query

Item = TypeVar("Item", bound=msgspec.Struct)


class Part:
    """A part of the store over an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _get(self, family: Family[Item], name: str) -> Item | None:
        def read() -> Item | None:
            with self._database.reading() as connection:
                return family.get(connection, name)

        return self._database.once((family.decoder, name), read)

    def _page(
        self, family: Family[Item], query: Query, extra: Sequence[ColumnElement[bool]] = (), *, known: Total | None = None
    ) -> Page[Item]:
        def read() -> Page[Item]:
            with self._database.reading() as connection:
                if query.where is not None:
                    return searched(connection, family, query, extra)
                return page(connection, family, query, extra, known=known or self._database.total)

        # What is asked besides the query, or searched for, is no key: it has no equality of its own.
        return read() if extra or query.where is not None else self._database.once((family.decoder, query), read)
