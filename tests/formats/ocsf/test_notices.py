"""Notices as OCSF events."""

from __future__ import annotations

from periderm.formats.ocsf.notices import notice_event
from tests.story import alerts, findings, incident
from tests.told import NOW, message, notice


def test_a_record_that_has_a_class_goes_as_itself() -> None:
    """Incident Finding, Detection Finding, and the class of a finding's kind: as an export has them."""
    records = (incident(NOW, NOW), alerts(NOW)[0], findings(NOW)[0])
    told = message(*(notice(subject_id=r.id) for r in records), records=records)
    made = [notice_event(told, one, record) for one, record in zip(told.notices, records, strict=True)]
    assert [event["class_uid"] for event in made[:2]] == [2005, 2004]
    assert made[2]["category_uid"] == 2


def test_what_has_no_class_says_whose_it_is() -> None:
    """A Base Event with the subject, the owner and the application, whichever channel sends it."""
    one = notice(subject_id="gap-1", owner="group:shop", application="shop")
    event = notice_event(message(one), one, None)
    assert event["class_uid"] == 0
    more = event["unmapped"]
    assert isinstance(more, dict)
    assert (more["subject"], more["owner"], more["application"]) == ("gap-1", "group:shop", "shop")
