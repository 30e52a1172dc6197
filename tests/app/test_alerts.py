"""Alerts as people read them."""

from __future__ import annotations

import pytest

from periderm.app.alerts import list_alerts, show_alert
from periderm.app.application import Application
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query
from periderm.model.severity import Severity

NOBODY = Principal("user:nobody", frozenset())


def test_a_list_obeys_its_filter(told: Application) -> None:
    """At least this bad means just that."""
    every = list_alerts(told, LOCAL_ADMIN, Query())
    high = list_alerts(told, LOCAL_ADMIN, Query(severity_at_least=Severity.HIGH))
    assert every.total == len(every.items) == 4
    assert {i.id for i in high.items} == {i.id for i in every.items if i.severity >= Severity.HIGH}


def test_one_is_shown_or_told_missing(told: Application) -> None:
    """A name that is unknown is repeated in the error."""
    assert show_alert(told, LOCAL_ADMIN, "alt-shell").id == "alt-shell"
    with pytest.raises(NotFoundError, match="no-such"):
        show_alert(told, LOCAL_ADMIN, "no-such")


def test_reading_needs_its_permission(told: Application) -> None:
    """Nobody reads without READ."""
    with pytest.raises(DeniedError):
        list_alerts(told, NOBODY, Query())
    with pytest.raises(DeniedError):
        show_alert(told, NOBODY, "alt-shell")
