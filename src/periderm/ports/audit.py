"""Where the audit log is kept: entries are added and read, never changed, never removed. Raises StoreError."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.audit import AuditEntry
from periderm.model.query import Page, Query


class AuditStore(Protocol):
    """The log of one installation, whichever process writes it."""

    def put_audit(self, entry: AuditEntry) -> AuditEntry:
        """Adds it, bound to the one before (`model.audit.bound`), and returns it so. Part of the transaction that it is called
        in. Not idempotent: what was done twice is there twice."""
        ...

    def audit_entries(self, query: Query) -> Page[AuditEntry]:
        """The latest first. `query.kind` is an action or, with a dot at its end, the beginning of some; `query.text` a part of
        any field; `since` and `until` are times."""
        ...

    def audit_after(self, sequence: int, limit: int = 1000) -> Sequence[AuditEntry]:
        """In the order in which they were written, those with a greater number."""
        ...
