"""What a live page asks."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.changes import changes_after, shown_to
from periderm.app.grants import grant_of
from periderm.model.account import principal_of
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Change
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


def test_whose_rights_hold_for_a_part_are_told_of_no_id() -> None:
    """That incidents changed, so that the page asks again; not which, for it may be another's."""
    change = Change(7, "incident", "inc-zebra", 9)
    part = principal_of("user:ada", (grant_of("viewer@application=shop"),))
    assert shown_to(part, change) == Change(7, "incident", "", 9)
    assert shown_to(principal_of("user:ada", (grant_of("viewer"),)), change) == change


def test_who_works_here_is_told_to_administrators() -> None:
    """Names of accounts and sessions are nobody else's."""
    for what in ("account", "session", "token", "group", "audit"):
        change = Change(7, what, "eve", 9)
        assert shown_to(principal_of("user:ada", (grant_of("responder"),)), change).id == ""
        assert shown_to(principal_of("user:ada", (grant_of("admin"),)), change) == change
