"""Who changes who may log in."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.account_files import DETECTOR
from periderm.engines.runtime.scene import opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SESSION = runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize(
    ("path", "fires"),
    [
        ("/etc/passwd", True),
        ("/etc/../etc/shadow", True),
        ("/etc/sudoers.d/x", True),
        ("/etc/pam.d/common-auth", True),
        ("/etc/doas.conf", True),
        ("/host/etc/passwd", True),
        ("/etc/passwd-", False),
        ("/etc/passwd.lock", False),
        ("/etc/sudoers.d/x.swp", False),
        ("/srv/etc/passwd", False),
    ],
)
def test_files(path: str, fires: bool) -> None:
    """Those that are read at a login; backups, locks and editors' files are none."""
    assert bool(run_example(DETECTOR, scene(SESSION, row(EventKind.RENAME, 2, path, raw="/tmp/x")))) == fires


def test_a_pager_opened_out_of_a_package_manager_is_somebodys_shell() -> None:
    """`apt changelog`, then `!sh`: the package manager excuses nothing."""
    events = (
        runs(2, 900, "/usr/bin/apt", "apt", "changelog", flags=EventFlag.EXEC_SESSION),
        runs(3, 2, "/usr/bin/dash", "sh"),
        opens(3, "/etc/passwd", write=True),
    )
    assert run_example(DETECTOR, scene(*events))[0].severity is Severity.HIGH


def test_a_start_script_under_an_unknown_user_names_itself() -> None:
    """OpenShift's habit: not high, whenever it happens."""
    events = (runs(1, 0, "/usr/bin/bash", "bash", "/run.sh", at=0.0), opens(1, "/etc/passwd", write=True, at=90.0))
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [Severity.MEDIUM]


def test_a_plain_look_is_nothing() -> None:
    """Reading."""
    assert run_example(DETECTOR, scene(SESSION, opens(2, "/etc/sudoers"))) == []
