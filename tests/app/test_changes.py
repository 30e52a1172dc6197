"""What a live page asks."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.changes import changes_after
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.story import INCIDENT_ID


def test_changes_come_in_order_and_after_a_number(told: Application) -> None:
    """Nothing that was seen comes again."""
    every = changes_after(told, LOCAL_ADMIN, 0)
    numbers = [c.sequence for c in every]
    assert numbers == sorted(set(numbers))
    assert ("incident", INCIDENT_ID) in {(c.what, c.id) for c in every}
    assert changes_after(told, LOCAL_ADMIN, numbers[2]) == every[3:]
    assert len(changes_after(told, LOCAL_ADMIN, 0, 2)) == 2


def test_reading_needs_its_permission(told: Application) -> None:
    """Nobody reads without READ."""
    with pytest.raises(DeniedError):
        changes_after(told, Principal("user:nobody", frozenset()), 0)
