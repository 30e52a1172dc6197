"""The system's own files."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.system_folder_write import DETECTOR
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SESSION = runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("/usr/bin/ls", Severity.HIGH),
        ("/sbin/x", Severity.HIGH),
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", Severity.HIGH),
        ("/usr/local/bin/x", Severity.MEDIUM),
        ("/var/lib/dpkg/status", Severity.HIGH),
        ("/lib/apk/db/installed", Severity.HIGH),
        ("/dev/.x", Severity.MEDIUM),
        ("/etc/app.conf", Severity.LOW),
        ("/etc/hosts", None),
        ("/etc/passwd", None),
        ("/dev/shm/x", None),
        ("/root/.cache/x", None),
        ("/var/lib/app/x", None),
    ],
)
def test_by_place(path: str, severity: Severity | None) -> None:
    """What has a detector of its own is left to it."""
    said = run_example(DETECTOR, scene(SESSION, row(EventKind.RENAME, 2, path, raw="/tmp/x")))
    assert (said[0].severity if said else None) == severity


def test_the_programs_of_a_start_script_are_a_note() -> None:
    """Some images install a tool when they start."""
    events = (runs(1, 0, "/usr/bin/dash", "sh", "/e.sh", at=0.0), opens(1, "/usr/bin/tool", write=True, at=2.0))
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [Severity.LOW]


def test_settings_of_a_host_are_its_administrators() -> None:
    """Nothing is said of /etc there."""
    events = (runs(9, 1, "/usr/bin/vim", "vim", on=HOST), opens(9, "/etc/app.conf", write=True, on=HOST))
    assert run_example(DETECTOR, scene(*events)) == []


def test_reading_is_nothing() -> None:
    """Programs are read to be run."""
    assert run_example(DETECTOR, scene(SESSION, opens(2, "/usr/bin/ls"))) == []
