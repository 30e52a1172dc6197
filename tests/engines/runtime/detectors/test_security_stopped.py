"""What protects is stopped."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.security_stopped import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SESSION = runs(2, 900, "/opt/killer", "killer", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize(
    ("name", "number", "fires"),
    [
        ("falco", 9, True),
        ("auditd", 15, True),
        ("periderm", 19, True),
        ("wazuh-modulesd", 9, True),
        ("aliyun-service"[:15], 9, True),
        ("falco", 1, False),
        ("falco", 0, False),
        ("worker", 9, False),
    ],
)
def test_signals(name: str, number: int, fires: bool) -> None:
    """Those that end or stop, to those that watch."""
    assert bool(run_example(DETECTOR, scene(SESSION, row(EventKind.SIGNAL, 2, name, arg0=number, arg1=4711)))) == fires


@pytest.mark.parametrize(
    ("argv", "fires"),
    [
        (("systemctl", "disable", "--now", "falco"), True),
        (("service", "rsyslog", "stop"), True),
        (("killall", "osqueryd"), True),
        (("apt-get", "remove", "-y", "falco"), True),
        (("auditctl", "-D"), True),
        (("sysctl", "-w", "kernel.yama.ptrace_scope=0"), True),
        (("systemctl", "restart", "app"), False),
        (("pkill", "-HUP", "rsyslogd"), False),
        (("auditctl", "-l"), False),
        (("apt-get", "install", "-y", "falco"), False),
        (("service", "nginx", "stop"), False),
    ],
)
def test_words(argv: tuple[str, ...], fires: bool) -> None:
    """What is aimed at, and whether it ends it. (A package manager by hand is its own excuse for its own work.)"""
    event = runs(2, 900, f"/opt/bin/{argv[0]}", *argv, flags=EventFlag.EXEC_SESSION)
    expected = fires and argv[0] != "apt-get"
    assert bool(run_example(DETECTOR, scene(event))) == expected


def test_a_failed_signal_is_nothing() -> None:
    """It did not arrive."""
    event = row(EventKind.SIGNAL, 2, "falco", arg0=9, arg1=4711, ret=-1, flags=EventFlag.FAILED)
    assert run_example(DETECTOR, scene(SESSION, event)) == []


def test_a_watcher_ends_its_own_worker() -> None:
    """auditd and its dispatcher."""
    assert (
        run_example(
            DETECTOR, scene(runs(2, 1, "/usr/sbin/auditd", "auditd"), row(EventKind.SIGNAL, 2, "audispd", arg0=15, arg1=9))
        )
        == []
    )


def test_severity_in_a_container() -> None:
    """By hand it is high."""
    assert run_example(DETECTOR, scene(SESSION, row(EventKind.SIGNAL, 2, "falco", arg0=9, arg1=1)))[0].severity is Severity.HIGH
