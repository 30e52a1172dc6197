"""The part of `/api/v1` about who deals with what, and the trends of risk. Parses and asks `app`; decides nothing."""

from __future__ import annotations

import msgspec

from periderm.app import accepting, handling
from periderm.model.errors import UsageError
from periderm.model.handling import Handling, HandlingAction, HandlingKind, HandlingState, RiskDay
from periderm.model.query import Page
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1, one

_ASSIGNEE = f.Parameter("assignee", "Only of this person or group.")
_STATE = f.Parameter("state", "Only in this state; `open` and `overdue` too.", "string", ("open", "overdue", *HandlingState))
_LIST = (f.kind(tuple(HandlingKind)), _STATE, _ASSIGNEE, f.ASSET, f.SEVERITY, *f.COMMON)
_DAYS = f.Parameter("days", "How many, 1 to 366; 30 if not given.", "integer", least=1, most=handling.MOST_DAYS)


class HandlingChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a change of one or many, all or none: ids of incidents, findings or handlings. `text` is whom it is assigned to,
    what is said, the ticket's address, or why it is accepted; `until` the date in Unix nanoseconds, of `due` and `accept`."""

    ids: list[str]
    action: HandlingAction
    text: str = ""
    until: int = 0


def _change(call: Call) -> list[Handling]:
    given: HandlingChange = decode_body(call, HandlingChange)
    return handling.change(call.app, call.who, given.ids, given.action, text=given.text, until=given.until)


class HandlingIds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a preview: ids of incidents, findings or handlings, at most 50."""

    ids: list[str]


def _preview(call: Call) -> list[accepting.Acceptance]:
    given: HandlingIds = decode_body(call, HandlingIds)
    return accepting.preview_acceptance(call.app, call.who, given.ids)


def _list(call: Call) -> Page[Handling]:
    given = dict(call.query)
    assignee = given.pop("assignee", "")
    if len(assignee) > f.LONGEST:
        raise UsageError("`assignee` is too long.", "Shorten it.")
    query = f.query_from(given, [p for p in _LIST if p is not _ASSIGNEE])
    return handling.list_handlings(call.app, call.who, query, assignee=assignee)


def _trends(call: Call) -> list[RiskDay]:
    given = f.values_from(call.query, (_DAYS,))
    return list(handling.trends(call.app, call.who, int(given.get("days", 30))))


HANDLINGS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/handlings",
        summary="What somebody has touched: incidents and weaknesses, the newest change first.",
        handle=_list,
        answer=Page[Handling],
        parameters=_LIST,
        tag="handlings",
    ),
    one("handlings", "Where people are with an incident or a finding, by its id.", Handling, handling.handling_of),
    Endpoint(
        method="POST",
        path=f"{V1}/handlings",
        summary="Assign, comment, date, ticket, accept, close or reopen; all of those named or none.",
        handle=_change,
        answer=list[Handling],
        body=HandlingChange,
        tag="handlings",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/handlings/preview",
        summary="What accepting each of these would take out of what is open: images, and containers that run of them.",
        handle=_preview,
        answer=list[accepting.Acceptance],
        body=HandlingIds,
        tag="handlings",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/risk-days",
        summary="Existing risk that burns down, and new risk that arrives, day by day.",
        handle=_trends,
        answer=list[RiskDay],
        parameters=(_DAYS,),
        tag="handlings",
    ),
)
