"""Who talks to the Kubernetes API server."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.api_server import DETECTOR
from periderm.engines.runtime.scene import connects, runs, scene
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("address", "port", "fires"),
    [
        ("10.96.0.1", 443, True),
        ("172.30.0.1", 443, True),
        ("::ffff:10.96.0.1", 443, True),
        ("10.1.2.3", 6443, True),
        ("10.96.0.2", 443, False),
        ("127.0.0.1", 6443, False),
        ("10.96.0.1", 80, False),
    ],
)
def test_addresses(address: str, port: int, fires: bool) -> None:
    """The service's address, or a port that is the API server's by habit."""
    assert bool(run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/curl", "curl"), connects(2, address, port)))) == fires


def test_a_hidden_command_is_read() -> None:
    """base64 of a curl to kubernetes.default."""
    words = "echo Y3VybCBodHRwczovL2t1YmVybmV0ZXMuZGVmYXVsdC9hcGkvdjEvcG9kcw== | base64 -d | sh"
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", words)))


def test_a_job_with_kubectl_is_a_note() -> None:
    """An image made to call kubectl calls kubectl."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/kubectl", "kubectl", "apply", "-f", "x")))
    assert [alert.severity for alert in said] == [Severity.LOW]
