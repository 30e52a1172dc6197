"""Many peers: scans, pools, and sessions that loop."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.connect_spread import DETECTOR
from periderm.engines.runtime.scene import connects, runs, scene
from periderm.model.event import Event, EventFlag
from periderm.model.severity import Severity

PORTS = (21, 22, 23, 25, 110, 111, 135, 139, 143, 445, 3306, 5432, 6379, 9200)


def failed(process: int, address: str, port: int, at: float = 601.0) -> Event:
    """A call that is refused."""
    event = connects(process, address, port, at=at)
    return msgspec.structs.replace(event, ret=-111, flags=EventFlag.FAILED)


def test_refused_calls_count_on_any_port() -> None:
    """A scan of ports that nobody has heard of."""
    tool = runs(2, 1, "/usr/bin/python3", "python3", "-c", "…")
    assert run_example(DETECTOR, scene(tool, *(failed(2, "10.0.0.4", 40000 + n) for n in range(20))))
    assert run_example(DETECTOR, scene(tool, *(failed(2, "10.0.0.4", 40000) for _ in range(50)))) == []  # it only tries again


def test_slowness_beyond_the_window_is_not_seen() -> None:
    """Twelve ports in twelve minutes are no burst: the limit that the reference names."""
    tool = runs(2, 1, "/usr/bin/python3", "python3", "-c", "…")
    slow = (connects(2, "10.0.0.4", port, at=601.0 + 61 * n) for n, port in enumerate(PORTS))
    assert run_example(DETECTOR, scene(tool, *slow)) == []


def test_a_web_shells_commands_count_together() -> None:
    """Each command is a shell of its own below the server."""
    web = runs(1, 0, "/usr/sbin/apache2", "apache2", at=0.0)
    steps = [
        event
        for n, port in enumerate(PORTS)
        for event in (runs(10 + n, 1, "/usr/bin/bash", "bash", "-c", "…"), connects(10 + n, "10.0.0.4", port))
    ]
    assert [a.severity for a in run_example(DETECTOR, scene(web, *steps))][-1] == Severity.HIGH


@pytest.mark.parametrize("name", ["prometheus", "zabbix_server", "haproxy"])
def test_monitors_call_many(name: str) -> None:
    """That is their work."""
    monitor = runs(2, 1, f"/usr/bin/{name}", name)
    assert run_example(DETECTOR, scene(monitor, *(connects(2, "10.0.0.4", port) for port in PORTS))) == []


def test_datagrams_are_not_counted() -> None:
    """The resolver library probes routes with UDP sockets on the service's port."""
    tool = runs(2, 1, "/usr/bin/curl", "curl")
    assert run_example(DETECTOR, scene(tool, *(connects(2, f"10.0.0.{n}", 22, kind=2) for n in range(1, 40)))) == []
