"""Real kernel events of exercises and of their benign twins, recorded by our own sensor in containers without a network.

Only rows of the containers were kept, without files that were merely read. The attack: tools, one-liners, pipelines and
renamed copies in exec sessions, as the container's own program, and below a CGI script of a web server. The twin: nginx,
redis, php-fpm and cron behind a start script, with health checks, logrotate, a backup, a load test and dpkg.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.sensor_replay.sensor import ReplaySensor
from periderm.engines.runtime import DETECTORS
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.scene import HOST
from periderm.model.alert import Alert
from periderm.model.severity import Severity

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
# What was exercised, with the severity that it has to reach at least once.
EXERCISED = {
    "RUN-004": Severity.CRITICAL,
    "RUN-006": Severity.HIGH,
    "RUN-009": Severity.HIGH,
    "RUN-045": Severity.HIGH,
    "RUN-046": Severity.HIGH,
    "RUN-047": Severity.HIGH,
    "RUN-048": Severity.HIGH,
    "RUN-049": Severity.HIGH,
    "RUN-050": Severity.HIGH,
    "RUN-051": Severity.HIGH,
    "RUN-052": Severity.LOW,
    "RUN-053": Severity.HIGH,
    "RUN-055": Severity.HIGH,
    "RUN-061": Severity.HIGH,
    "RUN-065": Severity.HIGH,
    "RUN-101": Severity.HIGH,
    "RUN-102": Severity.HIGH,
    "RUN-103": Severity.HIGH,
    "RUN-105": Severity.HIGH,
    "RUN-106": Severity.HIGH,
    "RUN-108": Severity.HIGH,
}


def judged(name: str) -> list[Alert]:
    """The alerts of a recording, each as it was said last."""
    sensor = ReplaySensor(RECORDINGS / name)
    sensor.start()
    engine = RuntimeEngine(HOST, DETECTORS)
    found: dict[str, Alert] = {}
    try:
        while True:
            found.update((alert.id, alert) for alert in engine.feed(sensor.read(0.0)))
    except EOFError:
        return list(found.values())
    finally:
        sensor.stop()


@pytest.fixture(scope="module")
def attack() -> list[Alert]:
    """The exercises."""
    return judged("tools_attack.prec")


@pytest.mark.parametrize(("detector", "severity"), EXERCISED.items())
def test_each_exercise_is_seen(attack: list[Alert], detector: str, severity: Severity) -> None:
    """On the rows of a real kernel, not of a scene."""
    assert max((alert.severity for alert in attack if alert.detector == detector), default=None) == severity


def test_three_ways_in(attack: list[Alert]) -> None:
    """By exec, as the container's own program, and below a server: none is a blind spot."""
    assert {alert.container_name for alert in attack if alert.severity >= Severity.HIGH} == {"h2a", "h2c", "h2w"}


def test_the_benign_twin_is_quiet() -> None:
    """Nothing high; what is said is what a person did in the container."""
    said = judged("tools_benign.prec")
    assert [alert.message.en for alert in said if alert.severity >= Severity.HIGH] == []
    assert {alert.detector for alert in said if alert.detector in EXERCISED} <= {"RUN-045", "RUN-108"}
