"""What is done to all that match."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app import handle_all
from periderm.app.application import Application
from periderm.app.handle_all import change_all_states, handle_all_findings, matching_findings, matching_incidents
from periderm.app.handling import handling_of
from periderm.app.scoped import scoped
from periderm.model.account import Grant, Role, principal_of
from periderm.model.errors import DeniedError, LimitError, UsageError
from periderm.model.handling import HandlingAction, HandlingState
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal, Reach
from periderm.model.query import Query
from tests.story import INCIDENT_ID

EVERY = Query()


@pytest.fixture
def many(told: Application) -> Application:
    """The shop's incident seven times more, and once elsewhere."""
    first = told.store.incident(INCIDENT_ID)
    assert first is not None
    for number in range(7):
        told.store.put_incident(msgspec.structs.replace(first, id=f"inc-more{number}", last_time=first.last_time + number))
    told.store.put_incident(msgspec.structs.replace(first, id="inc-far", asset_id="con-far", workload_id="", node_id="nod-far"))
    return told


def states(app: Application) -> set[IncidentState]:
    """Of all incidents."""
    return {incident.state for incident in app.store.incidents(Query(limit=100)).items}


def test_all_that_match_are_changed_and_noted_once(many: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several pages, wherever the page was that one came from; those that were so already count as none."""
    monkeypatch.setattr(handle_all, "_ROWS", 3)
    seen = matching_incidents(many, LOCAL_ADMIN, Query(limit=1, skip=2))
    assert (seen.count, seen.more) == (9, False)
    done = change_all_states(many, LOCAL_ADMIN, EVERY, IncidentState.ACKNOWLEDGED, expected=9, words="state=new")
    assert (done, states(many)) == (9, {IncidentState.ACKNOWLEDGED})
    (entry,) = many.store.audit_after(0)
    assert (entry.action, entry.detail.startswith("acknowledged: 9 that match 'state=new'")) == ("incident.state-all", True)
    assert change_all_states(many, LOCAL_ADMIN, EVERY, IncidentState.ACKNOWLEDGED, expected=9) == 0


def test_nothing_is_changed_that_was_not_shown(many: Application) -> None:
    """More than were told, nothing at all, or more than are changed at once: it is told, and nothing is noted."""
    with pytest.raises(UsageError, match="9 match by now; 8 were shown"):
        change_all_states(many, LOCAL_ADMIN, EVERY, IncidentState.RESOLVED, expected=8)
    with pytest.raises(UsageError, match="Nothing matches"):
        change_all_states(many, LOCAL_ADMIN, Query(state="resolved"), IncidentState.NEW, expected=8)
    assert states(many) == {IncidentState.NEW}
    assert list(many.store.audit_after(0)) == []


def test_it_is_bounded(many: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """In how many, and in how much is looked at for them."""
    monkeypatch.setattr(handle_all, "_ROWS", 2)
    monkeypatch.setattr(handle_all, "MOST", 4)
    assert (matching_incidents(many, LOCAL_ADMIN, EVERY).count, matching_incidents(many, LOCAL_ADMIN, EVERY).more) == (4, True)
    with pytest.raises(LimitError):
        change_all_states(many, LOCAL_ADMIN, EVERY, IncidentState.RESOLVED, expected=100)
    monkeypatch.setattr(handle_all, "MOST", 5_000)
    monkeypatch.setattr(handle_all, "_MOST_PAGES", 1)
    assert matching_incidents(many, LOCAL_ADMIN, EVERY).more
    with pytest.raises(LimitError):
        change_all_states(many, LOCAL_ADMIN, EVERY, IncidentState.RESOLVED, expected=100)
    assert states(many) == {IncidentState.NEW}


def test_findings_are_assigned_closed_and_opened_again(told: Application) -> None:
    """Each with its own history, and one entry in the log."""
    count = matching_findings(told, LOCAL_ADMIN, EVERY).count
    assert count > 1
    steps = (
        (HandlingAction.ASSIGN, HandlingState.ASSIGNED),
        (HandlingAction.CLOSE, HandlingState.CLOSED),
        (HandlingAction.REOPEN, HandlingState.ASSIGNED),
    )
    for action, state in steps:
        assert handle_all_findings(told, LOCAL_ADMIN, EVERY, action, expected=count, assignee="eve") == count
        found = [handling_of(told, LOCAL_ADMIN, each.id) for each in told.store.findings(Query(limit=100)).items]
        assert {handling.state for handling in found} == {state}
    assert all(len(handling.comments) == len(steps) for handling in found)
    assert [entry.action for entry in told.store.audit_after(0)] == ["handling.all"] * 3
    with pytest.raises(UsageError, match="not done to all"):
        handle_all_findings(told, LOCAL_ADMIN, EVERY, HandlingAction.ACCEPT, expected=count)


def test_only_what_is_theirs_is_counted_and_changed(many: Application) -> None:
    """A responder of a part reaches nothing beyond it; a reader nothing at all."""
    who = principal_of("user:eve", (Grant(Role.RESPONDER, Reach(application="shop")),))
    app = scoped(many, who)
    assert matching_incidents(app, who, EVERY).count == 8
    assert change_all_states(app, who, EVERY, IncidentState.RESOLVED, expected=8) == 8
    far = many.store.incident("inc-far")
    assert far is not None
    assert far.state is IncidentState.NEW
    reader = Principal("user:bob", frozenset({Permission.READ}))
    for act in (matching_incidents, matching_findings):
        with pytest.raises(DeniedError):
            act(many, reader, EVERY)
    with pytest.raises(DeniedError):
        change_all_states(many, reader, EVERY, IncidentState.NEW, expected=9)
    with pytest.raises(DeniedError):
        handle_all_findings(many, reader, EVERY, HandlingAction.CLOSE, expected=9)
