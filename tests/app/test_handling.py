"""The life of incidents and findings among people."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.exemptions import list_exemptions
from periderm.app.handling import (
    accept,
    assign,
    close,
    comment,
    handling_of,
    handlings_of,
    link_ticket,
    list_handlings,
    reopen,
    set_due,
    trends,
)
from periderm.app.incidents import change_state, list_incidents
from periderm.correlate.due import DAY_NS
from periderm.flow.risk import Risks
from periderm.model.asset import Grade, Image, Ownership
from periderm.model.errors import DeniedError, NotFoundError, PeridermError, UsageError
from periderm.model.finding import Finding
from periderm.model.handling import MOST_COMMENTS, Comment, HandlingKind, HandlingState
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.scanned import digest
from tests.story import FixedClock

ADA = Principal("user:ada", frozenset({Permission.READ, Permission.RESPOND}))
READER = Principal("user:eve", frozenset({Permission.READ}))


def grave(app: Application) -> Finding:
    """A critical finding of the first image."""
    found = app.store.findings(Query(image_digest=digest(0), severity_at_least=Severity.CRITICAL, limit=100)).items
    return next(f for f in found if f.vulnerability is not None)


def test_it_is_assigned_said_ticketed_and_closed(scanned: Application) -> None:
    """Each step is a state, and is noted with who did it and when; the same again changes nothing."""
    finding = grave(scanned)
    assert handling_of(scanned, READER, finding.id).state is HandlingState.NEW
    assert assign(scanned, ADA, [finding.id], "group:shop")[0].state is HandlingState.ASSIGNED
    assign(scanned, ADA, [finding.id], "group:shop")
    comment(scanned, ADA, [finding.id], " Upgrade on Monday. ")
    assert link_ticket(scanned, ADA, [finding.id], "https://tickets.test/SHOP-7")[0].state is HandlingState.TICKETED
    closed = close(scanned, ADA, [finding.id])[0]
    assert (closed.state, closed.over, closed.assignee) == (HandlingState.CLOSED, True, "group:shop")
    assert [(c.author, c.what, c.text) for c in closed.comments] == [
        ("user:ada", "assigned to group:shop", ""),
        ("user:ada", "", "Upgrade on Monday."),
        ("user:ada", "ticket https://tickets.test/SHOP-7", ""),
        ("user:ada", "closed", ""),
    ]
    assert reopen(scanned, ADA, [finding.id])[0].state is HandlingState.ASSIGNED
    logged = [entry.action for entry in scanned.store.audit_after(0, 100)]
    assert logged == ["handling.assign", "handling.comment", "handling.ticket", "handling.close", "handling.reopen"]


def test_one_weakness_of_a_repository_is_one(scanned: Application) -> None:
    """The finding of the next image belongs to whom it was assigned; it is found by its own id too."""
    finding = grave(scanned)
    made = assign(scanned, ADA, [finding.id], "ada")[0]
    image = scanned.store.asset(finding.asset_id)
    assert isinstance(image, Image)
    newer = msgspec.structs.replace(image, id="img-newer", digest="sha256:newer", name=image.name.replace("2.4", "2.5"))
    again = msgspec.structs.replace(finding, id="fnd-newer", asset_id="img-newer")
    scanned.store.put_assets([newer])
    scanned.store.put_findings([again])
    assert handling_of(scanned, READER, "fnd-newer").assignee == "ada"
    assert handling_of(scanned, READER, made.id).place == "registry.test/shop/web-0"
    assert handlings_of(scanned, READER, [finding, again])["fnd-newer"].id == made.id


def test_the_grade_of_what_runs_decides_the_date(scanned: Application) -> None:
    """15 days for an ordinary asset, 3 if the core business runs it; a person's word goes before."""
    finding = grave(scanned)
    assert handling_of(scanned, READER, finding.id).due == finding.first_seen + 15 * DAY_NS
    page = scanned.store.assets(Query(kind="container", limit=10)).items
    core = Ownership("production", "shop", "team-shop", Grade.CORE)
    scanned.store.put_assets([msgspec.structs.replace(asset, ownership=core) for asset in page])
    assert handling_of(scanned, READER, finding.id).due == finding.first_seen + 3 * DAY_NS
    assert set_due(scanned, ADA, [finding.id], 10**18)[0].due == 10**18
    assert set_due(scanned, ADA, [finding.id], 0)[0].due == finding.first_seen + 3 * DAY_NS


def test_accepted_ends_by_itself(scanned: Application, clock: FixedClock) -> None:
    """It needs a reason and an end, hides nothing, and is open again when its time is over."""
    finding = grave(scanned)
    until = clock.now() + 10 * DAY_NS
    assert accept(scanned, ADA, [finding.id], "no path from outside", until)[0].state is HandlingState.ACCEPTED
    assert all("no path" not in each.exemption.reason for each in list_exemptions(scanned, LOCAL_ADMIN))
    assert list_handlings(scanned, READER, Query(state="open")).total == 0
    clock.time += 11 * DAY_NS
    assert handling_of(scanned, READER, finding.id).state is HandlingState.REOPENED
    before = scanned.store.changes(0, 10_000)
    assert [h.state for h in list_handlings(scanned, READER, Query()).items] == [HandlingState.REOPENED]
    assert scanned.store.changes(0, 10_000) == before, "who reads writes nothing"
    assert Risks(scanned.store, clock).reopen_lapsed() == 1
    listed = list_handlings(scanned, READER, Query(state="overdue"))
    assert [h.state for h in listed.items] == [HandlingState.REOPENED]
    assert listed.items[0].comments[-1].author == "periderm"


def test_the_end_of_an_acceptance_is_nobodys_date(scanned: Application, clock: FixedClock) -> None:
    """What was accepted, closed and opened again is due as its grade asks, not when the acceptance would have ended."""
    finding = grave(scanned)
    by_grade = handling_of(scanned, READER, finding.id).due
    accept(scanned, ADA, [finding.id], "no path from outside", clock.now() + 300 * DAY_NS)
    close(scanned, ADA, [finding.id])
    again = reopen(scanned, ADA, [finding.id])[0]
    assert (again.due, again.due_by_person) == (by_grade, False)
    set_due(scanned, ADA, [finding.id], clock.now() + 5 * DAY_NS)
    close(scanned, ADA, [finding.id])
    assert reopen(scanned, ADA, [finding.id])[0].due == clock.now() + 5 * DAY_NS


def test_an_incident_is_handled_too(told: Application) -> None:
    """By its own id; that somebody resolved it closes it."""
    incident = list_incidents(told, LOCAL_ADMIN, Query()).items[0]
    assigned = assign(told, ADA, [incident.id], "ada")[0]
    assert (assigned.id, assigned.kind) == (incident.id, HandlingKind.INCIDENT)
    assert assigned.due > incident.first_time
    change_state(told, LOCAL_ADMIN, incident.id, IncidentState.RESOLVED)
    assert handling_of(told, READER, incident.id).state is HandlingState.CLOSED


def test_all_or_none(scanned: Application) -> None:
    """One unknown name among many changes nothing; readers change nothing; unknown things are told so."""
    finding = grave(scanned)
    with pytest.raises(NotFoundError):
        assign(scanned, ADA, [finding.id, "fnd-none"], "ada")
    with pytest.raises(DeniedError):
        assign(scanned, READER, [finding.id], "eve")
    assert handling_of(scanned, READER, finding.id).assignee == ""
    assert scanned.store.audit_after(0, 10) == []
    with pytest.raises(NotFoundError):
        handling_of(scanned, READER, "rsk-none")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//tickets.test/1", "ftp://x", "https://x\x1b[2J"]
)
def test_a_ticket_is_an_address_that_may_be_followed(scanned: Application, address: str) -> None:
    """It becomes a link in the console: nothing that runs, nothing that hides."""
    with pytest.raises(UsageError):
        link_ticket(scanned, ADA, [grave(scanned).id], address)


def test_limits_are_told(scanned: Application, clock: FixedClock) -> None:
    """Empty and endless words, days that are none, more than can be changed at once, lists and trends that are not there."""
    names = [grave(scanned).id]
    wrong = (
        lambda: comment(scanned, ADA, names, "  "),
        lambda: comment(scanned, ADA, names, "x" * 10_000),
        lambda: assign(scanned, ADA, names, "x" * 300),
        lambda: assign(scanned, ADA, [], "ada"),
        lambda: assign(scanned, ADA, [str(number) for number in range(2000)], "ada"),
        lambda: set_due(scanned, ADA, names, -5),
        lambda: accept(scanned, ADA, names, "", clock.now() + DAY_NS),
        lambda: accept(scanned, ADA, names, "r", clock.now()),
        lambda: accept(scanned, ADA, names, "r", clock.now() + 900 * DAY_NS),
        lambda: list_handlings(scanned, ADA, Query(state="unknown")),
        lambda: trends(scanned, ADA, 0),
        lambda: trends(scanned, ADA, 5000),
    )
    for each in wrong:
        with pytest.raises(PeridermError) as raised:
            each()
        assert raised.value.next_step


def test_the_oldest_comment_makes_room_only_for_what_the_product_says(scanned: Application) -> None:
    """A person is told that there is no room, and loses nothing."""
    finding = grave(scanned)
    made = assign(scanned, ADA, [finding.id], "ada")[0]
    full = tuple(Comment(author="user:ada", time=number, text=str(number)) for number in range(MOST_COMMENTS))
    scanned.store.put_handling(msgspec.structs.replace(made, comments=full))
    with pytest.raises(UsageError, match="comments"):
        comment(scanned, ADA, [finding.id], "one more")
    assert handling_of(scanned, READER, finding.id).comments == full


def test_trends_are_days(scanned: Application, clock: FixedClock) -> None:
    """The oldest first, today last."""
    scanned.store.put_risks("shop", {"a": (4, clock.now())}, clock.now())
    days = trends(scanned, READER, 7)
    assert len(days) == 7
    assert days[-1].fresh == 1
    assert days[-1].day <= clock.now() // 10**9
