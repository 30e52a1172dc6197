"""From what changed in the store to deliveries: each destination is told of what it asked for, once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from periderm.app.application import Application
from periderm.flow import notify
from periderm.flow.notify import AGAIN_NS, Notify
from periderm.model.exception import Exemption, Scope
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.incident import IncidentState
from periderm.model.notice import CHOICES, INCIDENTS, Channel, DeliveryState, Destination, NoticeFilter, Occasion
from periderm.model.query import Change, Query
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.story import INCIDENT_ID, FixedClock, alerts, application, findings, tell

EVERY = NoticeFilter(occasions=CHOICES, severity=Severity.UNKNOWN, finding_severity=Severity.UNKNOWN)


def destination(app: Application, name: str = "d", chosen: NoticeFilter = EVERY, **changes: object) -> Destination:
    """One that is told from now on."""
    made = Destination(name=name, channel=Channel.SYSLOG, chosen=chosen)
    made = msgspec.structs.replace(made, **changes)
    app.store.put_destination(made)
    return made


def drain(app: Application) -> Sequence[str]:
    """Reads all changes; what waits afterwards, as 'occasion subject', and empties it."""
    reader = Notify(app.store, app.clock)
    while reader.step():
        pass
    waiting = app.store.deliveries(Query(state="waiting", limit=1000)).items
    found = sorted(f"{n.occasion.value} {n.subject_id}" for d in waiting for n in d.notices)
    app.store.put_deliveries([msgspec.structs.replace(d, state=DeliveryState.SENT) for d in waiting])
    return found


@pytest.fixture
def clock() -> FixedClock:
    """Goes only when the test moves it."""
    return FixedClock()


@pytest.fixture
def empty(tmp_path: Path, clock: FixedClock) -> Iterator[Application]:
    """Nothing has been seen yet."""
    made = application(tmp_path, clock)
    yield made
    made.store.close()


@pytest.fixture
def app(empty: Application) -> Application:
    """Nothing has happened, and changes were read."""
    drain(empty)
    return empty


def test_each_is_told_what_it_asked_for(app: Application) -> None:
    """Incidents to one, findings to another, gaps to a third."""
    destination(app, "a", NoticeFilter(occasions=INCIDENTS))
    destination(app, "b", NoticeFilter(occasions=(Occasion.FINDING_NEW,), finding_severity=Severity.UNKNOWN))
    destination(app, "c", NoticeFilter(occasions=(Occasion.GAP_NEW,)))
    tell(app)
    drain(app)
    kinds = {d.destination: {n.occasion.value for n in d.notices} for d in app.store.deliveries(Query(limit=1000)).items}
    assert kinds == {"a": {"incident-new"}, "b": {"finding-new"}, "c": {"gap-new"}}


def test_the_same_is_told_once(app: Application) -> None:
    """However often changes come, and by whichever process they are read."""
    destination(app)
    tell(app)
    assert f"incident-new {INCIDENT_ID}" in drain(app)
    tell(app)
    assert drain(app) == []


def test_an_incident_is_followed_to_its_end(app: Application) -> None:
    """Grown, closed, opened again."""
    destination(app, chosen=NoticeFilter(severity=Severity.UNKNOWN))
    incident = msgspec.structs.replace(tell(app), severity=Severity.LOW, revision=50)
    app.store.put_incident(incident)
    assert drain(app) == [f"incident-new {INCIDENT_ID}"]
    steps = (
        ({"alerts": 99}, []),
        ({"severity": Severity.CRITICAL}, [f"incident-grown {INCIDENT_ID}"]),
        ({"state": IncidentState.ACKNOWLEDGED}, []),
        ({"state": IncidentState.RESOLVED}, [f"incident-closed {INCIDENT_ID}"]),
        ({"state": IncidentState.FALSE_ALARM}, []),
        ({"state": IncidentState.NEW}, [f"incident-reopened {INCIDENT_ID}"]),
    )
    for changes, expected in steps:
        incident = msgspec.structs.replace(incident, revision=incident.revision + 1, **changes)
        app.store.put_incident(incident)
        assert drain(app) == expected, changes


def test_what_is_gone_is_told(app: Application) -> None:
    """A gap that closed, with its own words."""
    destination(app)
    gap = CoverageGap(id="gap-x", kind=GapKind.SENSOR_DOWN, asset_id="nod-1", message=Text("a", "b"), next_step=Text("", ""))
    app.store.put_gaps([gap])
    assert drain(app) == ["gap-new gap-x"]
    app.store.close_gap("gap-x")
    assert drain(app) == ["gap-closed gap-x"]
    app.store.put_gaps([gap])
    assert drain(app) == ["gap-new gap-x"]


def test_who_begins_later_is_not_told_of_before(empty: Application) -> None:
    """Neither by a first start nor by a new destination."""
    tell(empty)
    destination(empty)
    assert drain(empty) == []
    late = destination(empty, "late", made=empty.clock.now() + 10**12)
    incident = empty.store.incident(INCIDENT_ID)
    assert incident is not None
    empty.store.put_incident(msgspec.structs.replace(incident, revision=99))
    drain(empty)
    assert empty.store.told(late.name, [INCIDENT_ID]) == {}


def test_a_finding_that_is_excepted_is_no_news(app: Application) -> None:
    """As it is none in the console."""
    destination(app)
    hidden = findings(app.clock.now())[0]
    app.store.put_exemption(
        Exemption(
            id="exc-1",
            scope=Scope(findings=(hidden.id,)),
            reason="known",
            owner="a",
            expires=app.clock.now() + 10**15,
        )
    )
    tell(app)
    told = drain(app)
    assert f"finding-new {hidden.id}" not in told
    assert any(t.startswith("finding-new") for t in told)


def test_a_paused_destination_hears_nothing(app: Application) -> None:
    """Also not later."""
    destination(app, paused=True)
    tell(app)
    assert drain(app) == []
    destination(app, paused=False)
    assert drain(app) == []


def test_changes_that_were_lost_are_caught_up(app: Application) -> None:
    """The tail of changes is bounded: when it does not reach back to where reading stopped, all that is open is looked at."""
    tell(app)
    drain(app)  # nobody listened
    destination(app)
    app.store.put_gaps(
        [
            CoverageGap(id=f"gap-{n}", kind=GapKind.CLOCK_JUMP, asset_id="x", message=Text("a", "b"), next_step=Text("", ""))
            for n in range(2)
        ]
    )
    kept, lost = app.store.changes, app.store.notified() + 1
    reader = Notify(app.store, app.clock)

    def forgetful(after: int, limit: int = 1000) -> Sequence[Change]:
        return [c for c in kept(after, limit) if c.sequence > lost + 1]

    app.store.changes = forgetful  # type: ignore[method-assign]
    while reader.step():
        pass
    found = {n.subject_id for d in app.store.deliveries(Query(state="waiting", limit=1000)).items for n in d.notices}
    assert {INCIDENT_ID, "gap-0", "gap-1"} <= found


def test_a_destination_is_not_told_of_its_own_silence(app: Application) -> None:
    """Others are."""
    destination(app, "a")
    destination(app, "b")
    gap = CoverageGap(
        id="gap-s",
        kind=GapKind.NOTIFIER_SILENT,
        asset_id="destination:a",
        message=Text("a", "b"),
        next_step=Text("", ""),
        detail="a",
    )
    app.store.put_gaps([gap])
    drain(app)
    assert [d.destination for d in app.store.deliveries(Query()).items] == ["b"]


def test_alertmanager_is_told_again_while_it_goes_on(app: Application, clock: FixedClock) -> None:
    """It forgets what is not; when it is over nobody tells it again."""
    destination(app, channel=Channel.ALERTMANAGER, chosen=NoticeFilter(severity=Severity.UNKNOWN))
    incident = tell(app)
    drain(app)
    reader = Notify(app.store, app.clock)
    reader.repeat()
    assert drain(app) == []
    clock.sleep(AGAIN_NS / 10**9 + 1)
    reader.repeat()
    assert drain(app) == [f"incident-new {INCIDENT_ID}"]
    app.store.put_incident(msgspec.structs.replace(incident, state=IncidentState.RESOLVED, revision=99))
    assert drain(app) == [f"incident-closed {INCIDENT_ID}"]
    clock.sleep(AGAIN_NS / 10**9 + 1)
    reader.repeat()
    assert drain(app) == []


def test_what_is_long_over_is_forgotten(app: Application, clock: FixedClock) -> None:
    """So that the store does not grow with what was told."""
    destination(app)
    gap = CoverageGap(id="gap-x", kind=GapKind.SENSOR_DOWN, asset_id="nod-1", message=Text("a", "b"), next_step=Text("", ""))
    app.store.put_gaps([gap])
    drain(app)
    app.store.close_gap("gap-x")
    drain(app)
    assert app.store.told_of("gap-x")
    clock.sleep(notify.KEEP_TOLD_NS / 10**9 + 1)
    Notify(app.store, app.clock).repeat()
    assert not app.store.told_of("gap-x")


def test_an_alert_that_an_exception_took_out_is_told_to_nobody(app: Application) -> None:
    """Others of the same detector are."""
    destination(app)
    told, hidden = (msgspec.structs.replace(a, incident_id="") for a in alerts(app.clock.now())[:2])
    app.store.put_alerts([told, msgspec.structs.replace(hidden, excepted="exc-1")])
    assert drain(app) == [f"alert {told.id}"]
