"""Judging a recorded event file again, for tests and for users' bug reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from periderm.flow.replay import LookUp, Replay
from periderm.model.alert import Alert
from periderm.model.incident import Incident
from periderm.ports.sensor import Sensor

Progress = Callable[[str], None]


def replay(sensor: Sensor, look_up: LookUp, progress: Progress) -> tuple[int, Sequence[Alert], Sequence[Incident]]:
    """(events, alerts in order of time, incidents). Raises FormatError with what was read up to the damage in its text."""
    run = Replay(sensor, look_up)
    for events in run.run():
        progress(f"{events} events judged")
    alerts = sorted(run.by_id.values(), key=lambda a: (a.time, a.id))
    return run.events, alerts, run.incidents()
