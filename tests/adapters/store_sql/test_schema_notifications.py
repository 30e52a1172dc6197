"""The tables of telling others."""

from __future__ import annotations

from sqlalchemy import inspect

from periderm.adapters.store_sql import schema_notifications as tables
from periderm.adapters.store_sql.database import Database


def test_the_migrations_make_these_tables(database: Database) -> None:
    """With these columns and indexes, no more and no fewer."""
    with database.reading() as connection:
        made = inspect(connection)
        for table in (tables.destinations, tables.deliveries, tables.told):
            assert {c["name"] for c in made.get_columns(table.name)} == {c.name for c in table.columns}
            assert {i["name"] for i in made.get_indexes(table.name)} == {i.name for i in table.indexes}
