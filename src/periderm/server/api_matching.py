"""The part of `/api/v1` that does something to all that a search matches: asked first how many these are, and done with that
number, so that nothing happens to what nobody saw. Parses and asks `app`; decides nothing."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from periderm.app import handle_all
from periderm.app.handle_all import Matching
from periderm.model.handling import HandlingAction
from periderm.model.incident import IncidentState
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import SEARCHED, V1, asked

INCIDENTS = (SEARCHED, *f.INCIDENTS, *f.ANYWHERE)
FINDINGS = (SEARCHED, *f.FINDINGS, *f.ANYWHERE)
_HOW_MANY = "How many match, of what may be changed at once; `more` says that these are not all."
_TAG = "matching"


class StateForAll(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body: the state of all incidents that match; `expected` is the `count` that was told."""

    state: IncidentState
    expected: int


class ActionForAll(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body: what is done to all findings that match (`assign`, `close`, `reopen`); `expected` is the `count` that was told."""

    action: HandlingAction
    expected: int
    assignee: str = ""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """Of how many it was not so before."""

    count: int


def _incidents(call: Call) -> Matching:
    return handle_all.matching_incidents(call.app, call.who, asked(call, "incidents", INCIDENTS))


def _findings(call: Call) -> Matching:
    return handle_all.matching_findings(call.app, call.who, asked(call, "findings", FINDINGS))


def _change_incidents(call: Call) -> Changed:
    given: StateForAll = decode_body(call, StateForAll)
    query = asked(call, "incidents", INCIDENTS)
    words = urlencode(call.query)
    return Changed(
        count=handle_all.change_all_states(call.app, call.who, query, given.state, expected=given.expected, words=words)
    )


def _change_findings(call: Call) -> Changed:
    given: ActionForAll = decode_body(call, ActionForAll)
    changed = handle_all.handle_all_findings(
        call.app,
        call.who,
        asked(call, "findings", FINDINGS),
        given.action,
        expected=given.expected,
        assignee=given.assignee,
        words=urlencode(call.query),
    )
    return Changed(count=changed)


MATCHING: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/matching/incidents",
        summary=f"Incidents: {_HOW_MANY}",
        handle=_incidents,
        answer=Matching,
        parameters=INCIDENTS,
        tag=_TAG,
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/matching/incidents",
        summary="Say of all incidents that match where people are with them; all or none.",
        handle=_change_incidents,
        answer=Changed,
        body=StateForAll,
        parameters=INCIDENTS,
        tag=_TAG,
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/matching/findings",
        summary=f"Findings: {_HOW_MANY}",
        handle=_findings,
        answer=Matching,
        parameters=FINDINGS,
        tag=_TAG,
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/matching/findings",
        summary="Assign, close or reopen all findings that match; all or none.",
        handle=_change_findings,
        answer=Changed,
        body=ActionForAll,
        parameters=FINDINGS,
        tag=_TAG,
    ),
)
