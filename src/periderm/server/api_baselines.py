"""The part of `/api/v1` about baselines: what is normal, what waits for review, and deciding it. Parses and asks `app`."""

from __future__ import annotations

import msgspec

from periderm.app import baseline_decisions as decisions
from periderm.app import baselines
from periderm.app.baseline_decisions import DecisionPreview
from periderm.app.baselines import Compared, Review
from periderm.model.baseline import Baseline, Decision, Entry, Phase, Verdict
from periderm.model.baseline_summary import BaselineSummary
from periderm.model.behaviour import Behaviour
from periderm.model.errors import UsageError
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1, listing, one

BODY = 1024 * 1024
MOST_DAYS = 3660
_TEXT = f.Parameter("text", "Part of the workload's name or id; case does not matter.")
_DAYS = f.Parameter("days", "How long nobody needed it; 30 if not given.", "integer", least=1, most=MOST_DAYS)
_WITH = f.Parameter("with", "The other workload's id or name.", required=True)


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a decision, or of its preview. What is meant: `behaviours` as [aspect, program, value], `ids` of what waits, of
    alerts or entries, all that waits of one `event_type`, or with `everything` all that waits. `wider` puts patterns in place
    of names that change. A decision needs a `reason`."""

    verdict: Verdict
    behaviours: tuple[Behaviour, ...] = ()
    ids: tuple[str, ...] = ()
    event_type: str = ""
    everything: bool = False
    wider: bool = False
    reason: str = ""


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of what needs only a reason."""

    reason: str


def _meant(call: Call, given: Choice) -> tuple[Behaviour, ...]:
    """What a choice is about. Raises UsageError for verdicts that have their own address."""
    if given.verdict in (Verdict.RELEARN, Verdict.RELEASE, Verdict.UNDO):
        raise UsageError(f"{given.verdict.value} is not decided here.", "It has an address of its own: see the document.")
    found = given.behaviours
    if given.ids or given.event_type or given.everything:
        found += decisions.chosen(
            call.app,
            call.who,
            call.path["id"],
            given.ids,
            event_type=given.event_type,
            everything=given.everything,
        )
    return decisions.wider(found) if given.wider else tuple(dict.fromkeys(found))


def _preview(call: Call) -> DecisionPreview:
    given: Choice = decode_body(call, Choice)
    return decisions.preview(call.app, call.who, call.path["id"], given.verdict, _meant(call, given))


def _decide(call: Call) -> Decision:
    given: Choice = decode_body(call, Choice)
    told = _meant(call, given)
    return decisions.decide(call.app, call.who, call.path["id"], told, verdict=given.verdict, reason=given.reason)


def _relearn(call: Call) -> Decision:
    given: Reason = decode_body(call, Reason)
    return decisions.relearn(call.app, call.who, call.path["id"], given.reason)


def _release(call: Call) -> Decision:
    given: Reason = decode_body(call, Reason)
    return decisions.release(call.app, call.who, call.path["id"], given.reason)


def _undo(call: Call) -> Decision:
    given: Reason = decode_body(call, Reason)
    return decisions.undo(call.app, call.who, call.path["id"], call.path["decision"], given.reason)


def _unused(call: Call) -> tuple[Entry, ...]:
    days = f.values_from(call.query, (_DAYS,)).get("days", baselines.UNUSED_DAYS)
    return baselines.unused(call.app, call.who, call.path["id"], int(days))


def _compare(call: Call) -> Compared:
    other = str(f.values_from(call.query, (_WITH,)).get("with", ""))
    left, right = (baselines.show_baseline(call.app, call.who, name) for name in (call.path["id"], other))
    return baselines.compare(left, right)


BASELINES: tuple[Endpoint, ...] = (
    listing(
        "baselines",
        "What is normal, by workload, the latest changed first; entries are left out.",
        BaselineSummary,
        baselines.list_baselines,
        f.state([phase.value for phase in Phase]),
        _TEXT,
        common=f.PAGING,
    ),
    one(
        "baselines",
        "One baseline with entries and decisions, by a workload's id or name.",
        Baseline,
        baselines.show_baseline,
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/baselines/{{id}}/review",
        summary="Deviations of a workload that wait for a decision, the gravest first.",
        handle=lambda call: baselines.review(call.app, call.who, call.path["id"]),
        answer=Review,
        tag="baselines",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/baselines/{{id}}/unused",
        summary="Entries that nobody needed for long: what may be removed.",
        handle=_unused,
        answer=tuple[Entry, ...],
        parameters=(_DAYS,),
        tag="baselines",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/baselines/{{id}}/difference",
        summary="What is normal for one workload and not for another.",
        handle=_compare,
        answer=Compared,
        parameters=(_WITH,),
        tag="baselines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/baselines/{{id}}/preview",
        summary="Which past alerts a decision would have hidden, and what else it stands for. Changes nothing.",
        handle=_preview,
        answer=DecisionPreview,
        body=Choice,
        body_limit=BODY,
        tag="baselines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/baselines/{{id}}/decisions",
        summary="Accept, reject or forget behaviour; holds on every node within seconds, and can be taken back.",
        handle=_decide,
        answer=Decision,
        body=Choice,
        body_limit=BODY,
        status=201,
        tag="baselines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/baselines/{{id}}/relearn",
        summary="Begin to learn again; what is there stays.",
        handle=_relearn,
        answer=Decision,
        body=Reason,
        status=201,
        tag="baselines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/baselines/{{id}}/release",
        summary="Learn again from what false alerts made suspect.",
        handle=_release,
        answer=Decision,
        body=Reason,
        status=201,
        tag="baselines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/baselines/{{id}}/decisions/{{decision}}/undo",
        summary="Take a decision back.",
        handle=_undo,
        answer=Decision,
        body=Reason,
        status=201,
        tag="baselines",
    ),
)
