"""Judging a recorded file."""

from __future__ import annotations

from periderm.app.replay import replay
from periderm.flow.replay import unknown
from tests.flow.test_replay import played


def test_alerts_come_in_order_of_time() -> None:
    """Events are counted, alerts are in order, progress is told."""
    told: list[str] = []
    events, alerts, incidents = replay(played(), unknown, told.append)
    assert events == 2
    assert [a.time for a in alerts] == sorted(a.time for a in alerts)
    assert len(incidents) == 1
    assert told[-1].startswith("2 ")
