"""Looking around, by whom and how much."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.recon_burst import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION
ASKED = [
    ("/usr/bin/cat", "cat", "/etc/passwd"),
    ("/usr/bin/cat", "cat", "/proc/1/cgroup"),
    ("/usr/bin/ls", "ls", "-la", "/root"),
    ("/usr/bin/find", "find", "/", "-perm", "-u=s"),
    ("/usr/bin/sudo", "sudo", "-l"),
]


def test_files_are_questions_too() -> None:
    """Without one of the well-known commands."""
    shell = runs(2, 900, "/usr/bin/bash", "bash", flags=S)
    steps = [runs(10 + n, 2, *line, flags=S) for n, line in enumerate(ASKED)]
    assert [a.severity for a in run_example(DETECTOR, scene(shell, *steps))] == [Severity.MEDIUM]
    assert run_example(DETECTOR, scene(shell, *steps[:4])) == []


def test_sessions_of_one_command_each() -> None:
    """`kubectl exec` for every question."""
    words = ("whoami", "id", "uname", "ps", "mount")
    assert run_example(DETECTOR, scene(*(runs(10 + n, 900, f"/usr/bin/{w}", w, flags=S) for n, w in enumerate(words))))


@pytest.mark.parametrize(
    "line", [("env", "A=b", "x"), ("mount", "-t", "tmpfs", "a", "/b"), ("getent", "ahosts"), ("systemctl", "start")]
)
def test_commands_that_ask_nothing(line: tuple[str, ...]) -> None:
    """They change or start something."""
    others = [runs(10 + n, 900, f"/usr/bin/{w}", w, flags=S) for n, w in enumerate(("whoami", "id", "uname", "ps"))]
    assert run_example(DETECTOR, scene(*others, runs(20, 900, f"/usr/bin/{line[0]}", *line, flags=S))) == []


def test_looking_after_a_service() -> None:
    """How it runs, and not who and where one is."""
    plain = ("ps", "df", "free", "uptime", "ss", "top", "netstat")
    assert run_example(DETECTOR, scene(*(runs(10 + n, 900, f"/usr/bin/{w}", w, flags=S) for n, w in enumerate(plain)))) == []


def test_questions_of_an_hour_are_no_burst() -> None:
    """A minute apart each."""
    words = ("whoami", "id", "uname", "ps", "mount", "df")
    slow = (runs(10 + n, 900, f"/usr/bin/{w}", w, flags=S, at=600.0 + 61 * n) for n, w in enumerate(words))
    assert run_example(DETECTOR, scene(*slow)) == []


def test_tools_by_name_also_on_a_host() -> None:
    """A script or a program that asks everything."""
    for line in (("/usr/bin/bash", "bash", "./LinEnum.sh"), ("/srv/pspy64", "pspy64")):
        assert [a.severity for a in run_example(DETECTOR, scene(runs(9, 1, *line, on=HOST)))] == [Severity.MEDIUM]
