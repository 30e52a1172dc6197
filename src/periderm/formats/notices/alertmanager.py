"""Notices as alerts of Prometheus' Alertmanager, API v2 (its openapi.yaml, `postableAlerts`).

Labels make an alert's identity, so they hold only what stays the same while it goes on (the severity with which it is routed
apart: when that changes, the one before ends by itself). An alert that goes on ends, unless it is told again, after a while.
"""

from __future__ import annotations

import datetime
from typing import Any

from periderm.formats.notices.fitting import printed, short
from periderm.model.notice import Message, Notice, Occasion

HOLD_NS = 20 * 60 * 10**9
_NAMES = {
    Occasion.ALERT: "PeridermAlert",
    Occasion.FINDING_NEW: "PeridermFinding",
    Occasion.FINDING_GONE: "PeridermFinding",
    Occasion.GAP_NEW: "PeridermGap",
    Occasion.GAP_CLOSED: "PeridermGap",
    Occasion.TEST: "PeridermTest",
}


def alerts(message: Message) -> list[dict[str, Any]]:
    """One alert a notice."""
    base = message.link.removesuffix(max(message.notices, key=lambda n: n.severity).path) if message.link else ""
    return [_alert(notice, message, base) for notice in message.notices]


def _alert(notice: Notice, message: Message, base: str) -> dict[str, Any]:
    language = message.language
    labels = {
        "alertname": _NAMES.get(notice.occasion, "PeridermIncident"),
        "subject": notice.subject_id,
        "severity": notice.severity.name.lower(),
        "place": notice.place,
        "detector": notice.detector,
        "owner": notice.owner,
        "application": notice.application,
        "environment": notice.environment,
    }
    ends = message.time if notice.ends else message.time + HOLD_NS
    made: dict[str, Any] = {
        "labels": {name: short(printed(value), 500) for name, value in labels.items() if value},
        "annotations": {
            "summary": short(printed(notice.title.pick(language)), 500),
            "description": short(printed(notice.summary.pick(language)), 2000),
        },
        "startsAt": _moment(min(notice.started or notice.time, message.time)),
        "endsAt": _moment(ends),
    }
    if base and notice.path:
        made["generatorURL"] = base + notice.path
    return made


def _moment(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 10**9)
    moment = datetime.datetime.fromtimestamp(max(0, min(seconds, 253_402_300_799)), datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{rest // 1_000_000:03d}Z"
