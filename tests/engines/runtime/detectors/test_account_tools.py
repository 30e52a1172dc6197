"""Who makes accounts."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.account_tools import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("argv", "fires"),
    [
        (("useradd", "a"), True),
        (("newusers", "list"), True),
        (("usermod", "-aG", "docker", "a"), True),
        (("passwd", "-d", "root"), True),
        (("passwd", "--status", "root"), False),
        (("chage", "-l", "root"), False),
        (("groups", "a"), False),
    ],
)
def test_tools(argv: tuple[str, ...], fires: bool) -> None:
    """Changing, not looking; in a session."""
    event = runs(2, 900, f"/usr/sbin/{argv[0]}", *argv, flags=EventFlag.EXEC_SESSION)
    assert bool(run_example(DETECTOR, scene(event))) == fires


def test_start_scripts_and_sessions_are_not_high() -> None:
    """Images fit their users when they start; people look after containers."""
    start = scene(runs(1, 0, "/usr/bin/dash", "sh", "/e.sh", at=0.0), runs(2, 1, "/usr/sbin/useradd", "useradd", "app", at=1.0))
    session = scene(runs(2, 900, "/usr/sbin/useradd", "useradd", "app", flags=EventFlag.EXEC_SESSION))
    assert [run_example(DETECTOR, given)[0].severity for given in (start, session)] == [Severity.LOW, Severity.MEDIUM]


def test_adduser_is_told_once() -> None:
    """The script calls useradd; one deed."""
    events = (
        runs(2, 900, "/usr/bin/perl", "perl", "/usr/sbin/adduser", "a", flags=EventFlag.EXEC_SESSION),
        runs(3, 2, "/usr/sbin/useradd", "useradd", "a"),
    )
    assert len(run_example(DETECTOR, scene(*events))) == 1
