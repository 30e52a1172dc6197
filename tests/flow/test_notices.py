"""What is worth telling of a record, and who wants to hear it."""

from __future__ import annotations

import msgspec
import pytest

from periderm.flow import notices as n
from periderm.model.asset import Ownership
from periderm.model.incident import IncidentState
from periderm.model.notice import CHOICES, Channel, Destination, NoticeFilter, Occasion, Told
from periderm.model.severity import Severity
from tests.story import NODE_ID, alerts, findings, gaps, incident, node
from tests.told import NOW

INCIDENT = incident(NOW, NOW)
EVERY = NoticeFilter(occasions=CHOICES, severity=Severity.UNKNOWN, finding_severity=Severity.UNKNOWN)


def told(record: n.Record, **changes: object) -> Told:
    """That a record was told as it is."""
    made = Told(destination="d", subject_id=record.id, open=True, mark=n.mark_of(record), severity=Severity.HIGH, time=1)
    return msgspec.structs.replace(made, **changes)


def test_an_incident_is_news_when_it_says_more() -> None:
    """New, worse, further, stopped, closed, opened again; an alert more of the same kind is none."""
    closed = msgspec.structs.replace(INCIDENT, state=IncidentState.RESOLVED)
    worse = msgspec.structs.replace(INCIDENT, severity=Severity.CRITICAL)
    mild = told(msgspec.structs.replace(INCIDENT, severity=Severity.LOW))
    busier = msgspec.structs.replace(INCIDENT, alerts=INCIDENT.alerts + 50, revision=INCIDENT.revision + 9)
    assert n.occasion_of(INCIDENT, None) is Occasion.INCIDENT_NEW
    assert n.occasion_of(busier, told(INCIDENT)) is None
    assert n.occasion_of(worse, mild) is Occasion.INCIDENT_GROWN
    assert n.occasion_of(closed, told(INCIDENT)) is Occasion.INCIDENT_CLOSED
    assert n.occasion_of(closed, None) is None
    assert n.occasion_of(closed, told(closed, open=False)) is None
    assert n.occasion_of(INCIDENT, told(closed, open=False)) is Occasion.INCIDENT_REOPENED


def test_growing_is_a_stage_more_a_stop_or_a_higher_grade() -> None:
    """Less of anything is no growth."""
    assert n.grown("3|TA0002|0|0", "3|TA0002,TA0011|0|0")
    assert n.grown("3|TA0002|0|0", "3|TA0002|1|0")
    assert n.grown("3||0|0", "4||0|0")
    assert not n.grown("4|TA0002,TA0011|1|0", "3|TA0002|0|0")
    assert not n.grown("3||0|0", "3||0|0")


@pytest.mark.parametrize(
    ("record", "occasion"), [(alerts(NOW)[0], "alert"), (findings(NOW)[0], "finding-new"), (gaps(NOW)[0], "gap-new")]
)
def test_the_others_are_news_once(record: n.Record, occasion: str) -> None:
    """And again only when they were gone between."""
    assert n.occasion_of(record, None) == occasion
    assert n.occasion_of(record, told(record)) is None


@pytest.mark.parametrize("occasion", [o for o in CHOICES if o.value.startswith("incident")])
def test_a_notice_tells_where_what_and_how_bad(occasion: Occasion) -> None:
    """With the address of its page, in both languages."""
    made = n.notice_of(n.Subject(INCIDENT, place="shop-web-1", node="shop-01", owner=Ownership(owner="team")), occasion, NOW)
    assert (made.severity, made.path, made.place, made.owner) == (
        INCIDENT.severity,
        f"/incidents/{INCIDENT.id}",
        "shop-web-1",
        "team",
    )
    assert made.title.zh
    assert {f.label.en for f in made.facts} >= {"Where", "Node", "Alerts", "Stages"}
    assert n.notice_of(n.Subject(INCIDENT), occasion, NOW + 5).id == made.id


def test_each_kind_of_record_is_told() -> None:
    """With the page that it is on."""
    paths = {
        n.notice_of(n.Subject(record), occasion, NOW).path.split("/")[1]
        for record, occasion in (
            (alerts(NOW)[0], Occasion.ALERT),
            (findings(NOW)[0], Occasion.FINDING_NEW),
            (gaps(NOW)[0], Occasion.GAP_NEW),
        )
    }
    assert paths <= {"incidents", "events", "findings", "gaps"}
    assert len(paths) == 3


def test_what_is_gone_is_told_in_the_words_it_was_told_in() -> None:
    """A finding that is fixed cannot be asked any more."""
    finding = findings(NOW)[0]
    last = n.notice_of(n.Subject(finding, place="web"), Occasion.FINDING_NEW, NOW)
    over = n.ended(told(finding, last=last), Occasion.FINDING_GONE, NOW + 1)
    assert (over.title, over.place, over.ends, over.occasion) == (last.title, "web", True, Occasion.FINDING_GONE)
    assert n.ended(told(finding), Occasion.FINDING_GONE, NOW).title.en == finding.id


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"severity": Severity.CRITICAL}, INCIDENT.severity is Severity.CRITICAL),
        ({"owners": ("team-*",)}, True),
        ({"owners": ("team-other", "team-shop")}, True),
        ({"owners": ("other",)}, False),
        ({"applications": ("shop",), "environments": ("prod*",)}, True),
        ({"environments": ("staging",)}, False),
        ({"places": ("*web*",)}, True),
        ({"places": ("db",)}, False),
        ({"detectors": (INCIDENT.chain[0].detector,)}, True),
        ({"detectors": ("NONE-1",)}, False),
        ({"occasions": (Occasion.ALERT,)}, False),
    ],
)
def test_a_filter_chooses(changes: dict[str, object], wanted: bool) -> None:
    """Every field that is given must fit, in one of its patterns."""
    destination = Destination(name="d", channel=Channel.SLACK, chosen=msgspec.structs.replace(EVERY, **changes))
    subject = n.Subject(INCIDENT, place="shop-web-1", owner=node(NOW).ownership)
    assert n.wants(destination, subject, Occasion.INCIDENT_NEW, None) is wanted


def test_the_end_of_what_was_told_is_told() -> None:
    """Also when it has become too mild for the filter."""
    strict = msgspec.structs.replace(EVERY, severity=Severity.CRITICAL)
    destination = Destination(name="d", channel=Channel.SLACK, chosen=strict)
    mild = n.Subject(msgspec.structs.replace(INCIDENT, severity=Severity.LOW, state=IncidentState.RESOLVED))
    assert n.wants(destination, mild, Occasion.INCIDENT_CLOSED, told(INCIDENT))
    assert not n.wants(destination, mild, Occasion.INCIDENT_NEW, None)


def test_a_new_destination_is_not_told_of_the_past() -> None:
    """Findings that were there, incidents that were quiet since before it was made."""
    late = Destination(name="d", channel=Channel.SLACK, chosen=EVERY, made=NOW + 10**15)
    for record in (INCIDENT, findings(NOW)[0]):
        assert not n.fits(late.chosen, n.Subject(record), late.made)
    ignored = msgspec.structs.replace(findings(NOW)[0], ignored="known")
    assert not n.fits(EVERY, n.Subject(ignored))
    assert n.fits(EVERY, n.Subject(gaps(NOW)[0]), late.made)


def test_a_place_has_the_name_that_people_know() -> None:
    """Also a machine, and nothing for what is not known."""
    assert (n.place_of(node(NOW)), n.place_of(None)) == ("shop-01", "")
    assert NODE_ID
