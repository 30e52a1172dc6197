"""Coverage gaps as people read them."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.gaps import list_gaps
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query


def test_gaps_are_listed_by_kind(told: Application) -> None:
    """The kind restricts."""
    assert list_gaps(told, LOCAL_ADMIN, Query()).total == 3
    assert [g.id for g in list_gaps(told, LOCAL_ADMIN, Query(kind="owner-unknown")).items] == ["gap-owner"]


def test_reading_needs_its_permission(told: Application) -> None:
    """Nobody reads without READ."""
    with pytest.raises(DeniedError):
        list_gaps(told, Principal("user:nobody", frozenset()), Query())
