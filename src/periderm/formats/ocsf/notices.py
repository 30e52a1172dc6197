"""A notice as an OCSF event: the record that it is about where that has a class, else a Base Event that says the same. Sends
nothing."""

from __future__ import annotations

from periderm.formats.ocsf.base import base_event
from periderm.formats.ocsf.export import to_ocsf
from periderm.model.alert import Alert
from periderm.model.finding import Finding
from periderm.model.incident import Incident
from periderm.model.notice import Message, Notice


def notice_event(message: Message, notice: Notice, record: object) -> dict[str, object]:
    """The event of one notice of a message; `record` is what it is about, if the message has it."""
    if isinstance(record, Alert | Finding | Incident):
        return to_ocsf(record, product_version=message.version)
    return base_event(
        uid=notice.id,
        time=notice.time,
        severity=notice.severity,
        message=f"{notice.title.en}: {notice.summary.en}",
        activity=notice.occasion.value,
        more={
            "subject": notice.subject_id,
            "place": notice.place,
            "detector": notice.detector,
            "application": notice.application,
            "owner": notice.owner,
        },
        product_version=message.version,
    )
