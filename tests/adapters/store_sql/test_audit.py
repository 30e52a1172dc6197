"""The audit log in its table."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.schema_people import audit_log
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.audit import AuditEntry
from periderm.model.errors import StoreError
from periderm.model.query import Query


@pytest.mark.parametrize("statement", [update(audit_log).values(who="user:bob"), delete(audit_log)])
def test_the_database_refuses_to_change_it(store: SqlStore, database: Database, statement: object) -> None:
    """Even a statement that no version of ours should have fails, and says why."""
    entry = store.put_audit(AuditEntry(sequence=0, time=1, who="user:ada", action="policy.put"))
    with pytest.raises(StoreError, match="append-only"), database.writing() as transaction:
        transaction.connection.execute(statement)  # type: ignore[call-overload]
    assert store.audit_after(0) == [entry]


@pytest.mark.parametrize("kind", ["", "policy.put"])
def test_the_log_is_entered_at_any_depth(store: SqlStore, kind: str) -> None:
    """The entries from there on are those that pages lead to; behind the last are none."""
    for number in range(12):
        store.put_audit(AuditEntry(sequence=0, time=number, who="user:ada", action="policy.put" if number % 3 else "export"))
    rows = store.audit_entries(Query(kind=kind, limit=100)).items
    assert len(rows) >= 8
    for skip in range(len(rows) + 3):
        found = store.audit_entries(Query(kind=kind, limit=3, skip=skip))
        assert found.items == rows[skip : skip + 3]
        assert found.total == len(rows)
