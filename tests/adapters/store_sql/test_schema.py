"""The tables."""

from __future__ import annotations

from periderm.adapters.store_sql import schema
from periderm.model.query import Query


def test_columns_beside_a_document_are_query_fields() -> None:
    """What a Query filters has the same name in every table, so that no list of names lies in between."""
    fields = {*Query.__struct_fields__, "id", "time", "severity", "search", "doc"}
    for table in (schema.assets, schema.findings, schema.alerts, schema.incidents, schema.effects, schema.gaps):
        assert set(table.c.keys()) <= fields


def test_every_table_has_a_key_and_no_empty_values() -> None:
    """An unknown value is '' or 0, as in the model: never NULL, which no comparison finds."""
    for table in schema.metadata.tables.values():
        assert table.primary_key.columns
        assert [column.name for column in table.columns if column.nullable] == []
