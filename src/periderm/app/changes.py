"""What a live page asks: what changed since it was drawn."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.application import Application, require
from periderm.model.principal import Permission, Principal
from periderm.model.query import Change


def changes_after(app: Application, who: Principal, sequence: int, limit: int = 500) -> Sequence[Change]:
    """Changes with a greater sequence number, oldest first."""
    require(who, Permission.READ)
    return app.store.changes(sequence, limit)
