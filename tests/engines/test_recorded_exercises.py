"""The self-test's exercises as our own sensor recorded them, judged again: what was seen then must be seen on replay.

Made by tools/record_exercises.py; holds the throwaway container's events only. Their benign twins are in
test_recorded_tools.py and in bench/noise.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from periderm.adapters.sensor_replay.sensor import ReplaySensor
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.exercises import EXERCISES
from periderm.engines.runtime.scene import HOST
from periderm.model.alert import Alert
from periderm.model.asset import Container
from periderm.model.exercise import Exercise

FILE = Path(__file__).resolve().parent.parent / "recordings" / "exercises.prec"
# The look into a file's bytes happens beside the sensor, so its rows are in no recording.
BESIDE = {"RUN-161"}


@cache
def judged() -> tuple[frozenset[str], tuple[Alert, ...]]:
    """The detectors that fire, and the alerts."""
    sensor, engine = ReplaySensor(FILE), RuntimeEngine(HOST)
    sensor.start()
    alerts: list[Alert] = []
    try:
        while True:
            alerts += engine.feed(sensor.read(0.0))
    except EOFError:
        pass
    finally:
        sensor.stop()
    return frozenset(alert.detector for alert in alerts), tuple(alerts)


@pytest.mark.parametrize(
    "exercise", [e for e in EXERCISES if set(e.detectors) - BESIDE and not e.misses.en], ids=lambda e: e.id
)
def test_each_exercise_is_seen_on_replay(exercise: Exercise) -> None:
    """One of its detectors fires on the recorded events, without kernel or container."""
    assert set(exercise.detectors) & judged()[0]


def test_all_of_it_happened_in_the_container() -> None:
    """No alert is about the machine on which it was recorded, and none names that machine."""
    alerts = judged()[1]
    assert alerts
    assert {alert.container_name.startswith("periderm-selftest-") for alert in alerts} == {True}
    assert {alert.node_id for alert in alerts} == {HOST.id}


def test_the_file_holds_nothing_else() -> None:
    """Its subjects are the throwaway container and a node of no machine."""
    sensor = ReplaySensor(FILE)
    sensor.start()
    names = set()
    try:
        while True:
            names |= {s.name.rpartition("-")[0] if isinstance(s, Container) else s.name for s in sensor.read(0.0).subjects}
    except EOFError:
        sensor.stop()
    assert names == {"periderm-selftest", HOST.name}
