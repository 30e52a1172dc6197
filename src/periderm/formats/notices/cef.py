"""Notices in the Common Event Format (ArcSight, 'Implementing ArcSight Common Event Format', version 25: CEF:0).

In the header '\\' and '|' are escaped, in the extension '\\' and '=', and line breaks are written as '\\n': nothing that an
attacker writes ends a field or begins another.
"""

from __future__ import annotations

from periderm.formats.notices.fitting import one_line, printed, short
from periderm.model.alert import Alert
from periderm.model.finding import Finding
from periderm.model.incident import Incident
from periderm.model.notice import Message, Notice
from periderm.model.severity import Severity

# 0-3 low, 4-6 medium, 7-8 high, 9-10 very high.
_SEVERITY = {
    Severity.UNKNOWN: 0,
    Severity.INFORMATIONAL: 1,
    Severity.LOW: 3,
    Severity.MEDIUM: 5,
    Severity.HIGH: 8,
    Severity.CRITICAL: 10,
}


def event(message: Message, notice: Notice, record: object = None) -> str:
    """One line. `record` is the subject as it is now, if it still exists."""
    language = message.language
    name = one_line(notice.title.pick(language))
    signature = notice.detector or notice.occasion.value
    header = ("Periderm", "Periderm", message.version or "0", signature, short(name, 512), str(_SEVERITY[notice.severity]))
    fields = _fields(notice, language) | _of_record(record)
    extension = " ".join(f"{key}={_value(value)}" for key, value in fields.items() if value)
    return "CEF:0|" + "|".join(_header(part) for part in header) + "|" + extension


def _fields(notice: Notice, language: str) -> dict[str, str]:
    fields = {
        "rt": str(notice.time // 1_000_000),
        "start": str(notice.started // 1_000_000) if notice.started else "",
        "cat": notice.occasion.value,
        "externalId": short(notice.subject_id, 40),
        "outcome": "over" if notice.ends else "",
        "msg": short(notice.summary.pick(language), 1023),
    }
    labelled = (
        ("place", notice.place),
        ("application", notice.application),
        ("owner", notice.owner),
        ("environment", notice.environment),
    )
    for number, (label, value) in enumerate(labelled, 1):
        if value:
            fields[f"cs{number}Label"] = label
            fields[f"cs{number}"] = short(value, 4000)
    return fields


def _of_record(record: object) -> dict[str, str]:
    match record:
        case Alert():
            process = record.process
            return {
                "sproc": short(process.exe, 1023),
                "spid": str(process.pid) if process.pid else "",
                "suid": str(process.user_id),
                "cnt": str(record.count),
                "filePath": short(record.object, 1023) if record.object.startswith("/") else "",
                "cs5Label": "techniques" if record.techniques else "",
                "cs5": ",".join(record.techniques),
            }
        case Incident():
            techniques = dict.fromkeys(step.technique for step in record.chain if step.technique)
            return {
                "cnt": str(record.alerts or len(record.chain)),
                "act": "stopped" if record.stopped else "",
                "cs5Label": "techniques" if techniques else "",
                "cs5": short(",".join(techniques), 4000),
            }
        case Finding():
            known = record.vulnerability
            return {
                "filePath": short(record.location, 1023) if record.location.startswith("/") else "",
                "cs5Label": "vulnerability" if known else "",
                "cs5": known.id if known else "",
                "cs6Label": "package" if record.package else "",
                "cs6": short(record.package, 4000),
            }
        case _:
            return {}


def _header(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace("|", "\\|")


def _value(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return printed(text).replace("\\", "\\\\").replace("=", "\\=").replace("\n", "\\n")
