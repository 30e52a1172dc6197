"""Incidents as people use them."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.incidents import change_state, list_incidents, read_incident, show_incident
from periderm.app.respond import order
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from tests.story import INCIDENT_ID

READER = Principal("user:reader", frozenset({Permission.READ}))
NOBODY = Principal("user:nobody", frozenset())


def test_a_list_is_what_the_store_holds(told: Application) -> None:
    """The filter and the total come from the store."""
    page = list_incidents(told, READER, Query())
    assert [i.id for i in page.items] == [INCIDENT_ID]
    assert page.total == 1
    assert list_incidents(told, READER, Query(state="resolved")).total == 0


def test_a_story_holds_all_that_the_incident_speaks_of(told: Application) -> None:
    """Alerts oldest first, findings that exist, responses, the asset, and how many replicas run."""
    story = show_incident(told, READER, INCIDENT_ID)
    assert [a.id for a in story.alerts] == ["alt-shell", "alt-drift", "alt-shadow", "alt-miner"]
    assert story.more_alerts == 0
    assert {f.id for f in story.findings} == {link.finding_id for link in story.incident.findings}
    assert [r.effect.id for r in story.effects] == ["eff-kill"]
    assert story.asset is not None
    assert story.asset.name == "shop-web-1"
    assert story.replicas == 3


def test_a_response_that_a_person_ordered_later_is_part_of_the_story(told: Application) -> None:
    """Also when the incident itself does not name it yet."""
    record = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    assert record.effect.id in {r.effect.id for r in show_incident(told, READER, INCIDENT_ID).effects}


def test_a_state_is_changed_once(told: Application) -> None:
    """The revision grows with a change, and the same again is none."""
    before = read_incident(told, READER, INCIDENT_ID)
    changed = change_state(told, LOCAL_ADMIN, INCIDENT_ID, IncidentState.ACKNOWLEDGED)
    assert (changed.state, changed.revision) == (IncidentState.ACKNOWLEDGED, before.revision + 1)
    assert change_state(told, LOCAL_ADMIN, INCIDENT_ID, IncidentState.ACKNOWLEDGED) == changed
    assert read_incident(told, READER, INCIDENT_ID) == changed


def test_an_unknown_incident_is_told(empty: Application) -> None:
    """By its name, with the next step."""
    with pytest.raises(NotFoundError, match="inc-none"):
        show_incident(empty, READER, "inc-none")


def test_each_needs_its_permission(told: Application) -> None:
    """Reading needs READ, changing needs RESPOND."""
    with pytest.raises(DeniedError):
        list_incidents(told, NOBODY, Query())
    with pytest.raises(DeniedError):
        show_incident(told, NOBODY, INCIDENT_ID)
    with pytest.raises(DeniedError):
        change_state(told, READER, INCIDENT_ID, IncidentState.RESOLVED)
