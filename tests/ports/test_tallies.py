"""What every store promises of counts (see `periderm/ports/tallies.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.model.asset import Ownership
from periderm.model.errors import UsageError
from periderm.model.incident import IncidentState
from periderm.model.principal import Reach
from periderm.model.query import Query
from periderm.model.tally import FalseCount, TallyBy
from periderm.ports.store import Store
from tests.ports import plugs
from tests.ports.plugs import alert, container, incident

DAY = 86_400
DAY_NS = DAY * 10**9
NOON = 20_000 * DAY_NS + DAY_NS // 2


@pytest.fixture(params=plugs.STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Three alerts of one detector on two days, one of another; two incidents, one of them false."""
    made: Store = request.param.open(tmp_path)
    made.put_alerts(
        [
            alert(1, last_time=NOON, incident_id="inc-1"),
            alert(2, last_time=NOON + 5, incident_id="inc-2"),
            alert(3, last_time=NOON + DAY_NS, incident_id="inc-1"),
            alert(4, last_time=NOON, detector="RUN-002", excepted="exc-1"),
            alert(5, last_time=NOON, detector="RUN-002"),
        ]
    )
    made.put_incident(incident(1, id="inc-1", last_time=NOON, state=IncidentState.FALSE_ALARM))
    made.put_incident(incident(2, id="inc-2", last_time=NOON))
    yield made
    made.close()


def test_alerts_are_counted_by_day(store: Store) -> None:
    """In whole days, with the last of each; a time and keys leave out the rest."""
    found = store.alert_days(Query()).items
    assert [(t.key, t.day // DAY, t.count, t.last) for t in found] == [
        ("RUN-001", 20_000, 2, NOON + 5),
        ("RUN-001", 20_001, 1, NOON + DAY_NS),
        ("RUN-002", 20_000, 2, NOON),
    ]
    assert [t.count for t in store.alert_days(Query(since=NOON + DAY_NS)).items] == [1]
    assert {t.key for t in store.alert_days(Query(), keys=["RUN-002", "none"]).items} == {"RUN-002"}
    assert [t.count for t in store.alert_days(Query(), by=TallyBy.ASSET).items] == [4, 1]
    assert store.alert_days(Query(), keys=[]).items == ()


def test_incidents_are_counted_by_what_they_are_in(store: Store) -> None:
    """Not by detector: they have many."""
    assert [t.count for t in store.incident_days(Query()).items] == [2]
    with pytest.raises(UsageError):
        store.incident_days(Query(), by=TallyBy.DETECTOR)
    with pytest.raises(UsageError):
        store.incident_days(Query(), keys=[str(n) for n in range(1001)])


def test_false_ones_are_counted_by_detector(store: Store) -> None:
    """What people said, and what exceptions took out since."""
    assert store.false_alerts(Query()).items == (
        FalseCount(detector="RUN-001", said=2),
        FalseCount(detector="RUN-002", excepted=1),
    )
    assert store.false_alerts(Query(since=NOON + 10)).items == (FalseCount(detector="RUN-001", said=1),)


def test_what_an_exception_took_out_is_in_no_incident(store: Store) -> None:
    """It is listed as any alert, and keeps saying by what."""
    kept = store.alert("alt-0004")
    assert kept is not None
    assert (kept.excepted, kept.incident_id) == ("exc-1", "")
    assert store.alerts(Query(incident_id="inc-1")).total == 2


def test_a_caller_is_told_of_their_part_only(store: Store) -> None:
    """Counts and totals are of what their rights hold for: as alerts that are listed one by one."""
    store.put_assets(
        [container(1, ownership=Ownership(application="shop")), container(2, ownership=Ownership(application="bank"))]
    )
    store.put_alerts(
        [alert(6, asset_id="ctr-2", last_time=NOON, incident_id="inc-1"), alert(7, asset_id="ctr-2", detector="X")]
    )
    bank, nobody = (Reach(application="bank"),), (Reach(application="none"),)
    assert [(t.key, t.count) for t in store.alert_days(Query(within=bank)).items] == [("RUN-001", 1), ("X", 1)]
    assert store.false_alerts(Query(within=bank)).items == (FalseCount(detector="RUN-001", said=1),)
    for within in (bank, nobody, ()):
        for detector in ("", "RUN-001", "RUN-002"):
            page = store.alerts(Query(within=within, detector=detector, limit=1))
            assert page.total == len(store.alerts(Query(within=within, detector=detector, limit=1000)).items)
            assert page.total == sum(t.count for t in store.alert_days(Query(within=within, detector=detector)).items)
    assert store.alerts(Query(within=bank)).total == 2
    assert store.alerts(Query(within=nobody)).total == 0


def test_counts_follow_what_people_say(store: Store) -> None:
    """An incident that is called false, and true again; an alert that happens again on another day is counted there."""
    day = Query(since=20_000 * DAY_NS)
    store.put_incident(incident(2, id="inc-2", last_time=NOON, state=IncidentState.FALSE_ALARM, revision=2))
    store.put_incident(incident(1, id="inc-1", last_time=NOON, revision=2))
    assert store.false_alerts(day).items == (FalseCount(detector="RUN-001", said=1), FalseCount(detector="RUN-002", excepted=1))
    store.put_alerts([alert(2, last_time=NOON + 2 * DAY_NS)])
    found = [(t.key, t.day // DAY, t.count, t.last) for t in store.alert_days(day, keys=["RUN-001"]).items]
    assert found == [
        ("RUN-001", 20_000, 1, NOON),
        ("RUN-001", 20_001, 1, NOON + DAY_NS),
        ("RUN-001", 20_002, 1, NOON + 2 * DAY_NS),
    ]
