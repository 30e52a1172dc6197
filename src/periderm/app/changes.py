"""What a live page asks: what changed since it was drawn."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.application import Application, require
from periderm.model.principal import Permission, Principal
from periderm.model.query import Change

PEOPLE = frozenset({"account", "group", "token", "session", "audit"})  # whose ids only administrators are told


def shown_to(who: Principal, change: Change) -> Change:
    """The change as this caller may see it: that something of this kind changed, but not what of it, if it may be others'."""
    hidden = who.limited or (change.what in PEOPLE and not who.may(Permission.ADMIN))
    return Change(change.sequence, change.what, "", change.time) if hidden else change


def changes_after(app: Application, who: Principal, sequence: int, limit: int = 500) -> Sequence[Change]:
    """Changes with a greater sequence number, oldest first."""
    require(who, Permission.READ)
    return app.store.changes(sequence, limit)
