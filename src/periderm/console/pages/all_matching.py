"""What is done to all incidents or findings that a list's address matches: how many these are is shown before, and the store is
asked anew when it is done. The address is the search: nothing but it and the number goes with the form."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import msgspec

from periderm.app.handle_all import (
    MOST,
    Matching,
    change_all_states,
    handle_all_findings,
    matching_findings,
    matching_incidents,
)
from periderm.console.filtering import query_for
from periderm.console.pages import findings
from periderm.console.render import Ask, render
from periderm.console.searching import narrowed
from periderm.model.errors import UsageError
from periderm.model.handling import HandlingAction
from periderm.model.incident import IncidentState
from periderm.model.query import Query
from periderm.model.search import Family

INCIDENTS = ("text", "state", "severity", "order", "asset_id")
ACTIONS = (HandlingAction.ASSIGN, HandlingAction.CLOSE, HandlingAction.REOPEN)
_NOT_KEPT = ("cursor", "skip", "live", "cols", "order")
_MOST_FIELDS = 40
Form = Mapping[str, list[str]]


def incidents_page(ask: Ask) -> str:
    """GET /incidents/all"""
    return _page(ask, "incidents", matching_incidents(ask.app, ask.person, _incidents(ask)))


def findings_page(ask: Ask) -> str:
    """GET /findings/all"""
    return _page(ask, "findings", matching_findings(ask.app, ask.person, _findings(ask)))


def incidents_from(ask: Ask, form: Form) -> str:
    """Says of all that match where people are with them. Raises UsageError, LimitError."""
    again, words = _again(ask, form)
    state = _one(form, "state")
    if state not in {s.value for s in IncidentState}:
        raise UsageError(f"There is no state {state[:40]!r}.", "Go back and choose one.")
    query = _incidents(again)
    change_all_states(ask.app, ask.person, query, IncidentState(state), expected=_expected(form), words=words)
    return f"/incidents?{words}" if words else "/incidents"


def findings_from(ask: Ask, form: Form) -> str:
    """Assigns, closes or reopens all that match. Raises UsageError, LimitError."""
    again, words = _again(ask, form)
    action = _one(form, "action")
    if action not in {a.value for a in ACTIONS}:
        raise UsageError(f"There is no action {action[:40]!r}.", "Go back and choose one.")
    handle_all_findings(
        ask.app,
        ask.person,
        _findings(again),
        HandlingAction(action),
        expected=_expected(form),
        assignee=_one(form, "text"),
        words=words,
    )
    return f"/findings?{words}" if words else "/findings"


def _page(ask: Ask, family: str, found: Matching) -> str:
    return render(
        "all_matching.html",
        ask,
        family=family,
        found=found,
        most=MOST,
        search=_kept(ask.query),
        told=sorted((name, value) for name, value in ask.query.items() if value and name not in _NOT_KEPT),
        states=[s.value for s in IncidentState],
        actions=ACTIONS,
    )


def _incidents(ask: Ask) -> Query:
    return _right(ask, query_for(ask.query, INCIDENTS), Family.INCIDENT, "incidents")


def _findings(ask: Ask) -> Query:
    return _right(ask, query_for(ask.query, (*findings.FIELDS, "order")), Family.FINDING, "findings")


def _right(ask: Ask, query: Query, family: Family, page: str) -> Query:
    """The search, or what is wrong with it: what is not understood matches nothing here. Raises UsageError."""
    found, more = narrowed(ask, query, family, page)
    if isinstance(wrong := more["wrong"], UsageError):
        raise wrong
    return found


def _again(ask: Ask, form: Form) -> tuple[Ask, str]:
    """As if the list were asked for with what the form carries; and that, as the log tells it. Raises UsageError."""
    try:
        given = dict(parse_qsl(_one(form, "search"), max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise UsageError("The search is malformed.", "Go back and search again.") from None
    return msgspec.structs.replace(ask, query=given), _kept(given)


def _kept(query: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in query.items() if value and name not in _NOT_KEPT})


def _expected(form: Form) -> int:
    text = _one(form, "expected")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]
