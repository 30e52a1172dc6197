"""How often, day by day."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.app.firings import DAYS, SPARK_DAYS, Firing, firings, incidents_daily
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.tally import TallyBy
from tests.story import CONTAINER_ID, DIGEST, INCIDENT_ID, SECOND, alerts

DAY = 86_400 * SECOND


def test_detectors_fire_by_day(told: Application) -> None:
    """Today is the last; what is older than the window does not count; one that did not fire is not there."""
    now = told.clock.now()
    shell = alerts(now)[0]
    told.store.put_alerts(
        [
            msgspec.structs.replace(shell, id="alt-a", last_time=now - 2 * DAY),
            msgspec.structs.replace(shell, id="alt-b", last_time=now - (DAYS + 2) * DAY),
        ]
    )
    found = {f.detector: f for f in firings(told, LOCAL_ADMIN)}
    assert (found["RUN-002"].alerts, found["RUN-002"].days[-1], found["RUN-002"].days[-3]) == (2, 1, 1)
    assert len(found["RUN-002"].days) == DAYS
    assert found["RUN-002"].last == now - 40 * SECOND + 20 * 10**6
    assert [f.detector for f in firings(told, LOCAL_ADMIN, ["RUN-010", "RUN-999"])] == ["RUN-010"]


def test_a_clock_that_goes_ahead_counts_as_today(told: Application) -> None:
    """A node's clock may be off."""
    shell = alerts(told.clock.now())[0]
    told.store.put_alerts([msgspec.structs.replace(shell, id="alt-a", last_time=told.clock.now() + 5 * DAY)])
    assert {f.detector: f for f in firings(told, LOCAL_ADMIN)}["RUN-002"].days[-1] == 2


def test_incidents_by_day_of_what_is_asked_for(told: Application) -> None:
    """By asset or image; nothing is asked for nothing."""
    incident = told.store.incident(INCIDENT_ID)
    assert incident is not None
    told.store.put_incident(msgspec.structs.replace(incident, id="inc-2", last_time=incident.last_time - DAY))
    found = incidents_daily(told, LOCAL_ADMIN, TallyBy.ASSET, [CONTAINER_ID, "con-web2", ""])
    assert list(found) == [CONTAINER_ID]
    assert found[CONTAINER_ID].days[-2:] == (1, 1)
    assert (len(found[CONTAINER_ID].days), found[CONTAINER_ID].total) == (SPARK_DAYS, 2)
    assert incidents_daily(told, LOCAL_ADMIN, TallyBy.IMAGE, [DIGEST])[DIGEST].total == 2
    assert incidents_daily(told, LOCAL_ADMIN, TallyBy.ASSET, []) == {}


def test_a_share_is_of_what_fired() -> None:
    """Unknown where nothing did."""
    assert Firing(detector="x", alerts=4, last=1, false=1, excepted=1).share == 0.5
    assert Firing(detector="x", alerts=0, last=0).share == -1.0
