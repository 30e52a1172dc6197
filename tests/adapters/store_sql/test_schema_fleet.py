"""The tables of machines that joined."""

from __future__ import annotations

from periderm.adapters.store_sql import schema, schema_fleet


def test_they_are_part_of_the_schema() -> None:
    """A store that is made from the description has them too."""
    for table in (schema_fleet.join_tokens, schema_fleet.joined_nodes, schema_fleet.node_certificates):
        assert schema.metadata.tables[table.name] is table
