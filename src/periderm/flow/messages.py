"""Notices as a message that is sent: a title and a text in the destination's language, by its own templates or the built-in
ones. Plain text: each plug escapes it for its medium."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Sequence

import msgspec

from periderm.algorithms.message_templates import Template, Values, read
from periderm.model.notice import Destination, Message, Notice, Occasion
from periderm.model.severity import Severity
from periderm.model.text import Text, encodable

SAID = {
    Occasion.INCIDENT_NEW: Text("New incident", "新事件"),
    Occasion.INCIDENT_GROWN: Text("Incident grew", "事件升级"),
    Occasion.INCIDENT_CLOSED: Text("Incident closed", "事件已关闭"),
    Occasion.INCIDENT_REOPENED: Text("Incident opened again", "事件重新打开"),
    Occasion.ALERT: Text("Alert", "告警"),
    Occasion.FINDING_NEW: Text("New finding", "新发现的弱点"),
    Occasion.FINDING_GONE: Text("Finding gone", "弱点已消除"),
    Occasion.GAP_NEW: Text("Coverage gap", "覆盖缺口"),
    Occasion.GAP_CLOSED: Text("Coverage gap closed", "覆盖缺口已消除"),
    Occasion.TEST: Text("Test", "测试"),
}
SEVERITIES = {
    Severity.UNKNOWN: Text("unknown", "未知"),
    Severity.INFORMATIONAL: Text("informational", "提示"),
    Severity.LOW: Text("low", "低"),
    Severity.MEDIUM: Text("medium", "中"),
    Severity.HIGH: Text("high", "高"),
    Severity.CRITICAL: Text("critical", "严重"),
}
SEVERAL = Text("{n} notices, the worst: {title}", "{n} 条通知，最严重的是：{title}")
_INSIDE = frozenset(
    [
        "said",
        "occasion",
        "title",
        "summary",
        "severity",
        "place",
        "detector",
        "owner",
        "application",
        "environment",
        "link",
        "time",
        "id",
        "facts",
    ]
)
NAMES = {
    "": _INSIDE | frozenset(("several", "count", "others", "more")),
    "notices": _INSIDE,
    "facts": frozenset(("label", "value")),
}
TITLE = Text(
    "[{{severity|upper}}] {{said}}: {{several|line|short:140}}",
    "[{{severity}}] {{said}}：{{several|line|short:140}}",
)
BODY = Text(
    "{{#notices}}{{said}} ({{severity}}): {{title|line|short:200}}\n{{summary|short:1500}}\n"
    "{{#facts}}{{label}}: {{value|line|short:300}}\n{{/facts}}{{?owner}}Owner: {{owner}}\n{{/owner}}"
    "{{?application}}Application: {{application}}\n{{/application}}{{time}}\n{{?link}}{{link}}\n{{/link}}\n{{/notices}}"
    "{{?more}}{{more}} more are in the console.\n{{/more}}",
    "{{#notices}}{{said}}（{{severity}}）：{{title|line|short:200}}\n{{summary|short:1500}}\n"
    "{{#facts}}{{label}}：{{value|line|short:300}}\n{{/facts}}{{?owner}}负责人：{{owner}}\n{{/owner}}"
    "{{?application}}应用：{{application}}\n{{/application}}{{time}}\n{{?link}}{{link}}\n{{/link}}\n{{/notices}}"
    "{{?more}}另有 {{more}} 条请在控制台查看。\n{{/more}}",
)


@functools.lru_cache(maxsize=256)
def template(text: str) -> Template:
    """Read once. Raises UsageError."""
    return read(text, NAMES)


def render(
    destination: Destination,
    notices: Sequence[Notice],
    *,
    identity: str,
    now: int,
    link: str,
    version: str,
    records: Sequence[msgspec.Struct] = (),
    more: int = 0,
) -> Message:
    """The message; there is at least one notice. `link` is where the console is reached, '' if nobody said."""
    base = (destination.link or link).rstrip("/")
    language = destination.language
    inside = [_values(notice, language, base) for notice in notices]
    worst = max(notices, key=lambda n: n.severity)
    title = worst.title.pick(language)
    several = title if len(notices) == 1 else SEVERAL.fill(n=len(notices) + more, title=title).pick(language)
    values: Values = {
        **_values(worst, language, base),
        "several": several,
        "notices": inside,
        "count": str(len(notices) + more),
        "others": str(len(notices) - 1) if len(notices) > 1 else "",
        "more": str(more) if more else "",
    }
    return Message(
        id=identity,
        time=now,
        title=encodable(template(destination.title or TITLE.pick(language)).fill(values)).strip(),
        text=encodable(template(destination.body or BODY.pick(language)).fill(values)).strip(),
        language=language,
        notices=tuple(notices),
        records=tuple(records),
        more=more,
        link=base + worst.path if base else "",
        version=version,
    )


def when(nanoseconds: int) -> str:
    """RFC 3339, in UTC, to the second; '' for a time that no calendar has."""
    try:
        moment = datetime.datetime.fromtimestamp(nanoseconds // 10**9, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _values(notice: Notice, language: str, base: str) -> Values:
    facts: list[Values] = [
        {"label": f.label.pick(language), "value": f.value.pick(language) if isinstance(f.value, Text) else f.value}
        for f in notice.facts
    ]
    return {
        "said": SAID[notice.occasion].pick(language),
        "occasion": notice.occasion.value,
        "title": notice.title.pick(language),
        "summary": notice.summary.pick(language),
        "severity": SEVERITIES[notice.severity].pick(language),
        "place": notice.place,
        "detector": notice.detector,
        "owner": notice.owner,
        "application": notice.application,
        "environment": notice.environment,
        "link": base + notice.path if base and notice.path else "",
        "time": when(notice.time),
        "id": notice.subject_id,
        "facts": facts,
    }
