"""The tables of handlings."""

from __future__ import annotations

from periderm.adapters.store_sql import schema, schema_handlings


def test_they_are_the_stores() -> None:
    """One database holds them, so that a transaction can change them with the rest."""
    tables = (schema_handlings.handlings, schema_handlings.risk_lives)
    assert all(schema.metadata.tables[table.name] is table for table in tables)
