"""The tables of counts that are kept."""

from __future__ import annotations

from sqlalchemy import inspect

from periderm.adapters.store_sql import schema_tallies as tables
from periderm.adapters.store_sql.database import Database


def test_the_migrations_make_these_tables(database: Database) -> None:
    """With these columns, and a key that is the table's own order."""
    with database.reading() as connection:
        made = inspect(connection)
        for table in (tables.asset_tallies, tables.detector_tallies):
            assert {c["name"] for c in made.get_columns(table.name)} == {c.name for c in table.columns}
            assert made.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
