"""The tables of people."""

from __future__ import annotations

from periderm.adapters.store_sql import schema, schema_people
from periderm.model.audit import AuditEntry


def test_the_log_has_a_column_for_each_field() -> None:
    """What is bound by a digest is stored as it was bound, and nothing else counts."""
    assert schema_people.audit_log.metadata is schema.metadata
    assert set(schema_people.audit_log.c.keys()) == {*AuditEntry.__struct_fields__, "search"}
