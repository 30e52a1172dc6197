"""What has no class of its own in OCSF."""

from __future__ import annotations

from periderm.formats.ocsf.base import base_event
from periderm.model.severity import Severity

# schema.ocsf.io/1.5.0/base_event: what it requires.
REQUIRED = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}

# Its own attributes and those of the traits that it includes (occurrence, classification), as far as we write them.
ALLOWED = REQUIRED | {"activity_name", "message", "severity", "unmapped", "count", "start_time", "end_time"}


def test_a_base_event_has_what_it_requires() -> None:
    """And says of an activity that has no number what it is."""
    made = base_event(
        uid="ntc-1", time=5_000_000, severity=Severity.LOW, message="m", activity="gap-new", more={"subject": "gap-1", "x": ""}
    )
    assert REQUIRED <= set(made) <= ALLOWED
    assert (made["class_uid"], made["category_uid"], made["activity_id"]) == (0, 0, 99)  # Base Event, Uncategorized, Other
    assert (made["type_uid"], made["time"]) == (made["class_uid"] * 100 + made["activity_id"], 5)
    assert made["activity_name"] == "gap-new"
    assert made["metadata"]["product"] == {"name": "Periderm", "vendor_name": "Periderm"}
    assert made["unmapped"] == {"subject": "gap-1"}
