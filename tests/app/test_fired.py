"""Which detectors have fired."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.fired import DAY_NS, Fired, fired, together
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.story import alerts


def test_alerts_of_the_last_days_are_counted(empty: Application) -> None:
    """Of the detectors asked for; older ones and silent detectors are not there."""
    now = empty.clock.now()
    one = alerts(now - 60 * 10**9)[0]
    old = msgspec.structs.replace(one, id="alt-old", time=now - 3 * DAY_NS, last_time=now - 3 * DAY_NS)
    empty.store.put_alerts([one, msgspec.structs.replace(one, id="alt-2"), old])
    found = fired(empty, LOCAL_ADMIN, [one.detector, one.detector, "RUN-999"], 1)
    assert found == {one.detector: Fired(alerts=2, last=one.last_time)}
    assert fired(empty, LOCAL_ADMIN, [one.detector], 7)[one.detector].alerts == 3
    with pytest.raises(DeniedError):
        fired(empty, Principal("user:nobody", frozenset()), [], 1)


@pytest.mark.parametrize(("alerts_", "heat"), [(0, 0), (1, 1), (9, 1), (10, 2), (999, 3), (1000, 4), (10**9, 4)])
def test_ten_times_as_many_is_one_step_hotter(alerts_: int, heat: int) -> None:
    """So that one noisy detector does not make all others look quiet."""
    assert Fired(alerts=alerts_).heat == heat


def test_several_are_one() -> None:
    """With the latest time."""
    assert together([Fired(alerts=2, last=9), Fired(alerts=1, last=5)]) == Fired(alerts=3, last=9)
    assert together([]) == Fired()
