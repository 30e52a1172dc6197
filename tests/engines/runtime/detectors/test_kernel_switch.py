"""Switches of the kernel."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.kernel_switch import DETECTOR
from periderm.engines.runtime.scene import HOST, SHOP, opens, runs, scene
from periderm.model.event import Subject
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("path", "on", "expected"),
    [
        ("/proc/sys/kernel/core_pattern", SHOP, [Severity.CRITICAL]),
        ("/proc/sys/kernel/modprobe", SHOP, [Severity.CRITICAL]),
        ("/proc/sysrq-trigger", SHOP, [Severity.HIGH]),
        ("/proc/sys/kernel/randomize_va_space", SHOP, [Severity.MEDIUM]),
        ("/proc/sys/vm/swappiness", SHOP, []),
        ("/sbin/modprobe", SHOP, []),
        ("/proc/sys/kernel/core_pattern", HOST, [Severity.MEDIUM]),
        ("/proc/sys/kernel/sysrq", HOST, [Severity.LOW]),
    ],
)
def test_what_is_written_and_where(path: str, on: Subject, expected: list[Severity]) -> None:
    """What starts programs is worst; an administrator's shell on the host is never high."""
    events = (runs(2, 1, "/usr/bin/bash", "bash", on=on), opens(2, path, write=True, on=on))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected


def test_the_names_of_the_systems_tools_help_nobody_below_a_server() -> None:
    """`sysctl` by a web server's shell is told in full."""
    events = (
        runs(10, 1, "/usr/sbin/nginx", "nginx", on=HOST),
        runs(11, 10, "/bin/sh", "sh", on=HOST),
        runs(12, 11, "/usr/sbin/sysctl", "sysctl", on=HOST),
        opens(12, "/proc/sys/kernel/core_pattern", write=True, on=HOST),
    )
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == [Severity.CRITICAL]
