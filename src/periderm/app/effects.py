"""What a person asks of responses: what was done or proposed, by whom, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.application import Application, require
from periderm.model.effect import EffectRecord
from periderm.model.errors import NotFoundError
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query


def list_effects(app: Application, who: Principal, query: Query) -> Page[EffectRecord]:
    """A page of the current record of each effect."""
    require(who, Permission.READ)
    return app.store.effects(query)


def show_effect(app: Application, who: Principal, effect_id: str) -> Sequence[EffectRecord]:
    """All records of one effect, oldest first. Raises NotFoundError."""
    require(who, Permission.READ)
    history = app.store.effect_history(effect_id)
    if not history:
        raise NotFoundError(f"There is no response {effect_id!r}.", "The page 'Responses' lists those that exist.")
    return sorted(history, key=lambda r: r.time)
