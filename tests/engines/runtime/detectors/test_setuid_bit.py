"""Who gives files more rights."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.setuid_bit import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("path", "mode", "severity"),
    [
        ("/opt/x", 0o4755, Severity.HIGH),
        ("/opt/x", 0o106755, Severity.HIGH),
        ("/tmp/x", 0o4711, Severity.CRITICAL),
        ("/usr/bin/python3.11", 0o4755, Severity.CRITICAL),
        ("/opt/x", 0o755, None),
        ("/srv/shared", 0o2775, Severity.LOW),
    ],
)
def test_modes(path: str, mode: int, severity: Severity | None) -> None:
    """The bit, the place and what the file is; in a session."""
    chmod = runs(2, 900, "/usr/bin/chmod", "chmod", flags=EventFlag.EXEC_SESSION)
    said = run_example(DETECTOR, scene(chmod, row(EventKind.CHMOD, 2, path, arg0=mode)))
    assert (said[0].severity if said else None) == severity


def test_an_archive_brings_its_bits() -> None:
    """tar of the system unpacks a tree with su in it: not high."""
    said = run_example(
        DETECTOR, scene(runs(2, 1, "/usr/bin/tar", "tar"), row(EventKind.CHMOD, 2, "/srv/root/bin/su", arg0=0o4755))
    )
    assert [alert.severity for alert in said] == [Severity.MEDIUM]


@pytest.mark.parametrize(("given", "fires"), [("cap_sys_admin+ep", True), ("all=ep", True), ("cap_net_raw=ep", False)])
def test_capabilities(given: str, fires: bool) -> None:
    """Those with which one becomes root."""
    assert bool(run_example(DETECTOR, scene(runs(2, 1, "/usr/sbin/setcap", "setcap", given, "/opt/x")))) == fires
