"""The public part of `/api/v1`: reading everything, and ordering responses. Parses and asks `app`; decides nothing."""

from __future__ import annotations

from typing import Literal

import msgspec

from periderm.app import alerts, asset_graph, assets, effects, findings, gaps, incidents, overview, policies, respond, similar
from periderm.app.asset_graph import AssetGraph
from periderm.app.assets import AssetStory
from periderm.app.incidents import IncidentStory
from periderm.app.overview import Overview
from periderm.app.respond import Proposal
from periderm.app.respond_to import Wish, order_response, undo_response
from periderm.model.alert import Alert
from periderm.model.asset import Asset
from periderm.model.effect import EffectRecord, EffectState
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.incident import Incident, IncidentState
from periderm.model.policy import Policy
from periderm.model.similar import Likeness
from periderm.server import filters as f
from periderm.server.api_account import ACCOUNT
from periderm.server.api_baselines import BASELINES
from periderm.server.api_coverage import COVERAGE
from periderm.server.api_events import EVENTS
from periderm.server.api_feedback import FEEDBACK
from periderm.server.api_fleet import MACHINES
from periderm.server.api_handlings import HANDLINGS
from periderm.server.api_matching import MATCHING
from periderm.server.api_notify import NOTIFY
from periderm.server.api_owners import OWNERS
from periderm.server.api_people import PEOPLE
from periderm.server.api_registries import REGISTRIES
from periderm.server.api_scans import SCANS
from periderm.server.api_search import SEARCH
from periderm.server.api_sessions import SESSIONS
from periderm.server.api_settings import SETTINGS
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import SEARCHED, V1, listing, one

ASSET_KINDS = ("node", "image", "container", "workload", "process", "user")


class StateChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a change of an incident's state."""

    state: IncidentState


class ResponseOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an order. With `dry_run` nothing is done; the answer says what would be hit."""

    incident_id: str
    kind: Literal["pause-container", "resume-container", "kill-process"]
    process_key: int = 0
    dry_run: bool = False


def _order(call: Call) -> EffectRecord:
    given: ResponseOrder = decode_body(call, ResponseOrder)
    return respond.order(
        call.app, call.who, given.incident_id, given.kind, process_key=given.process_key, dry_run=given.dry_run
    )


class NamedOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an order for what is named: a container, a process, a file. With `dry_run` nothing is done."""

    wish: Wish
    dry_run: bool = False


def _order_named(call: Call) -> EffectRecord:
    given: NamedOrder = decode_body(call, NamedOrder)
    return order_response(call.app, call.who, given.wish, dry_run=given.dry_run)


class Undo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an undo: why."""

    reason: str


def _undo(call: Call) -> EffectRecord:
    given: Undo = decode_body(call, Undo)
    return undo_response(call.app, call.who, call.path["id"], given.reason)


def _change_state(call: Call) -> Incident:
    given: StateChange = decode_body(call, StateChange)
    return incidents.change_state(call.app, call.who, call.path["id"], given.state)


PUBLIC: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/overview",
        summary="What needs a person now, and the shares of running containers.",
        handle=lambda call: overview.show_overview(call.app, call.who),
        answer=Overview,
        tag="overview",
    ),
    listing(
        "incidents",
        "Incidents.",
        Incident,
        incidents.list_incidents,
        SEARCHED,
        *f.INCIDENTS,
    ),
    one("incidents", "An incident with its alerts, findings and responses.", IncidentStory, incidents.show_incident),
    Endpoint(
        method="GET",
        path=f"{V1}/incidents/{{id}}/similar",
        summary="Other incidents that are like this one, and in what.",
        handle=lambda call: similar.similar_incidents(call.app, call.who, call.path["id"]),
        answer=tuple[Likeness, ...],
        tag="incidents",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/incidents/{{id}}/state",
        summary="Say where people are with an incident.",
        handle=_change_state,
        answer=Incident,
        body=StateChange,
        tag="incidents",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/incidents/{{id}}/responses",
        summary="What can be done about an incident, and what each response will hit.",
        handle=lambda call: respond.propose(call.app, call.who, call.path["id"]),
        answer=tuple[Proposal, ...],
        tag="incidents",
    ),
    listing("alerts", "Alerts.", Alert, alerts.list_alerts, SEARCHED, *f.SCOPE, f.INCIDENT, f.DETECTOR, f.SEVERITY),
    one("alerts", "One alert.", Alert, alerts.show_alert),
    listing(
        "findings",
        "Findings.",
        Finding,
        findings.list_findings,
        SEARCHED,
        *f.FINDINGS,
    ),
    one("findings", "One finding.", Finding, findings.show_finding),
    listing("assets", "Assets.", Asset, assets.list_assets, SEARCHED, f.kind(ASSET_KINDS), f.NODE, f.WORKLOAD, f.IMAGE),
    one("assets", "An asset with what bears on it.", AssetStory, assets.show_asset),
    Endpoint(
        method="GET",
        path=f"{V1}/assets/{{id}}/graph",
        summary="What hangs together with an asset: points and lines, at most forty points.",
        handle=lambda call: asset_graph.asset_graph(call.app, call.who, call.path["id"]),
        answer=AssetGraph,
        tag="assets",
    ),
    listing("gaps", "Coverage gaps: what was not seen.", CoverageGap, gaps.list_gaps, f.ASSET, f.kind(tuple(GapKind))),
    listing(
        "effects",
        "Responses, each with its latest record.",
        EffectRecord,
        effects.list_effects,
        f.ASSET,
        f.NODE,
        f.INCIDENT,
        f.state(tuple(EffectState)),
    ),
    one("effects", "All records of one response, oldest first.", list[EffectRecord], effects.show_effect),
    Endpoint(
        method="POST",
        path=f"{V1}/responses",
        summary="Order a response, or dry-run it.",
        handle=_order,
        answer=EffectRecord,
        body=ResponseOrder,
        status=202,
        tag="responses",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/responses/named",
        summary="Order a response for a container, a process or a file that is named, or dry-run it.",
        handle=_order_named,
        answer=EffectRecord,
        body=NamedOrder,
        status=202,
        tag="responses",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/effects/{{id}}/undo",
        summary="Take back a pause, an isolation or a quarantine that holds.",
        handle=_undo,
        answer=EffectRecord,
        body=Undo,
        status=202,
        tag="responses",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/policies",
        summary="How far the product may go, highest priority first.",
        handle=lambda call: policies.list_policies(call.app, call.who),
        answer=list[Policy],
        tag="policies",
    ),
    *SCANS,
    *REGISTRIES,
    *NOTIFY,
    *EVENTS,
    *SESSIONS,
    *MACHINES,
    *HANDLINGS,
    *MATCHING,
    *OWNERS,
    *FEEDBACK,
    *COVERAGE,
    *BASELINES,
    *PEOPLE,
    *SEARCH,
    *ACCOUNT,
    *SETTINGS,
)
