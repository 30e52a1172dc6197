"""Modules, from containers and hosts."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.kernel_module import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("exe", "path", "severity"),
    [
        ("/usr/bin/kmod", "/lib/modules/6.1/a.ko", []),
        ("/usr/bin/kmod", "", []),
        ("/usr/bin/kmod", "/root/a.ko", [Severity.MEDIUM]),
        ("/usr/bin/python3", "/lib/modules/6.1/a.ko", [Severity.HIGH]),
        ("/opt/insmod", "", [Severity.HIGH]),
    ],
)
def test_on_a_host(exe: str, path: str, severity: list[Severity]) -> None:
    """The system's loader with the system's modules is quiet."""
    events = (runs(20, 1, exe, "x", on=HOST), row(EventKind.MODULE, 20, path, on=HOST))
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == severity


def test_in_a_container_it_is_always_told() -> None:
    """Also when the kernel refused it."""
    for flags, severity in ((EventFlag(0), Severity.CRITICAL), (EventFlag.FAILED, Severity.HIGH)):
        events = (runs(2, 1, "/usr/bin/kmod", "modprobe"), row(EventKind.MODULE, 2, "/lib/modules/a.ko", flags=flags))
        assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [severity]
