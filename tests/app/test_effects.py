"""Responses as people read them."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.effects import list_effects, show_effect
from periderm.model.effect import EffectState
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query

NOBODY = Principal("user:nobody", frozenset())


def test_the_current_record_is_listed_and_all_are_shown(told: Application) -> None:
    """A later record holds; the earlier one stays readable, oldest first."""
    first = list_effects(told, LOCAL_ADMIN, Query()).items[0]
    told.store.put_effect(msgspec.structs.replace(first, state=EffectState.FAILED, time=first.time + 1))
    assert [r.state for r in list_effects(told, LOCAL_ADMIN, Query()).items] == [EffectState.FAILED]
    assert [r.state for r in show_effect(told, LOCAL_ADMIN, "eff-kill")] == [EffectState.APPLIED, EffectState.FAILED]


def test_an_unknown_response_is_told(told: Application) -> None:
    """By its name."""
    with pytest.raises(NotFoundError, match="eff-none"):
        show_effect(told, LOCAL_ADMIN, "eff-none")


def test_reading_needs_its_permission(told: Application) -> None:
    """Nobody reads without READ."""
    with pytest.raises(DeniedError):
        list_effects(told, NOBODY, Query())
    with pytest.raises(DeniedError):
        show_effect(told, NOBODY, "eff-kill")
