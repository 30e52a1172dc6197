"""What has no class of its own in OCSF (a coverage gap, a test, a finding that is gone) as its Base Event.

Attributes are those of OCSF 1.5.0 (https://schema.ocsf.io/1.5.0/base_event); what it has no name for is in `unmapped`.
"""

from __future__ import annotations

from typing import Any

from periderm.model.severity import Severity

VERSION = "1.5.0"
BASE_EVENT = 0
OTHER = 99


def base_event(
    *, uid: str, time: int, severity: Severity, message: str, activity: str, more: dict[str, str], product_version: str = ""
) -> dict[str, Any]:
    """`time` is Unix nanoseconds, `activity` what happened in our own word, `more` our own fields."""
    product = {"name": "Periderm", "vendor_name": "Periderm"} | ({"version": product_version} if product_version else {})
    return {
        "class_uid": BASE_EVENT,
        "category_uid": 0,
        "activity_id": OTHER,
        "activity_name": activity,
        "type_uid": BASE_EVENT * 100 + OTHER,
        "time": time // 1_000_000,
        "severity_id": int(severity),
        "severity": severity.name.capitalize(),
        "message": message,
        "metadata": {"version": VERSION, "product": product, "uid": uid},
        "unmapped": {name: value for name, value in more.items() if value},
    }
