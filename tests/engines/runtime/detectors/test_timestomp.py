"""Times that are set back."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.timestomp import DETECTOR
from periderm.engines.runtime.scene import START, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

OLD = START // 10**9 - 10**8


@pytest.mark.parametrize(
    "exe", ["/usr/bin/tar", "/usr/bin/rsync", "/usr/bin/cp", "/usr/bin/wget", "/usr/bin/unzip", "/usr/bin/git"]
)
def test_tools_that_keep_times(exe: str) -> None:
    """By their nature."""
    assert run_example(DETECTOR, scene(runs(2, 1, exe, "x"), row(EventKind.UTIME, 2, "/usr/bin/x", arg0=OLD))) == []


def test_pip_keeps_times_too() -> None:
    """Wheels are archives, and an interpreter unpacks them."""
    events = (
        runs(2, 900, "/usr/bin/python3", "python3", "-m", "pip", "install", "x", flags=EventFlag.EXEC_SESSION),
        row(EventKind.UTIME, 2, "/usr/lib/x", arg0=OLD),
    )
    assert run_example(DETECTOR, scene(*events)) == []


@pytest.mark.parametrize(("back", "fires"), [(0, False), (3600, False), (10 * 86400, True), (-86400, False)])
def test_how_far_back(back: int, fires: bool) -> None:
    """A day and more; the future is no disguise."""
    event = row(EventKind.UTIME, 2, "/usr/bin/x", arg0=START // 10**9 + 601 - back)
    assert bool(run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/touch", "touch", "x"), event))) == fires


def test_a_program_with_its_own_data() -> None:
    """Only telling places are noted, softly."""
    data = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), row(EventKind.UTIME, 2, "/data/a", arg0=OLD)))
    system = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), row(EventKind.UTIME, 2, "/usr/bin/a", arg0=OLD)))
    assert data == []
    assert [alert.severity for alert in system] == [Severity.LOW]
