"""BPF programs, by who loads them."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.bpf_load import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("exe", "expected"),
    [
        ("/usr/lib/systemd/systemd", []),
        ("/usr/bin/python3", [Severity.LOW]),
        ("/opt/x", [Severity.MEDIUM]),
        ("/tmp/systemd", [Severity.HIGH]),
    ],
)
def test_on_a_host(exe: str, expected: list[Severity]) -> None:
    """Nothing that the distribution brings is high."""
    events = (runs(20, 1, exe, "x", on=HOST), row(EventKind.BPF, 20, arg0=5, on=HOST))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected


def test_a_socket_filter_is_named() -> None:
    """It is how a back door waits for a packet."""
    (alert,) = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), row(EventKind.BPF, 2, arg0=5, arg1=1)))
    assert alert.object == "socket filter"
    assert "T1205.002" in alert.techniques
