"""Who talks to the kubelet, the engine's port and etcd."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.node_api import DETECTOR
from periderm.engines.runtime.scene import connects, runs, scene
from periderm.model.severity import Severity


@pytest.mark.parametrize("port", [10250, 10255, 2375, 2376, 2379])
def test_ports(port: int) -> None:
    """A tool on any of them."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/curl", "curl"), connects(2, "10.0.0.9", port)))
    assert said[0].severity is Severity.HIGH


@pytest.mark.parametrize(
    ("argv", "fires"),
    [
        (("curl", "http://10.0.0.1:2375/v1.41/containers/json"), True),
        (("curl", "--unix-socket", "/run/docker.sock", "http://x/containers/abcdefabcdef/stats"), True),
        (("wget", "https://10.0.0.1:10250/runningpods/"), True),
        (("curl", "https://example.org/2375"), False),
        (("curl", "http://app/containers"), False),
    ],
)
def test_words(argv: tuple[str, ...], fires: bool) -> None:
    """What a tool is told."""
    assert bool(run_example(DETECTOR, scene(runs(2, 1, f"/usr/bin/{argv[0]}", *argv)))) == fires


def test_an_unknown_program_is_only_noted() -> None:
    """It may be monitoring."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), connects(2, "10.0.0.9", 10250)))
    assert [alert.severity for alert in said] == [Severity.LOW]
