"""The runtime's storage, past the runtime."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.image_tamper import DETECTOR
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.event import EventKind
from periderm.model.severity import Severity

ROOT = "/var/lib/containers/storage/overlay/" + "a" * 64


@pytest.mark.parametrize(
    ("exe", "path", "expected"),
    [
        ("/usr/bin/cp", f"{ROOT}/diff/bin/x", [Severity.HIGH]),
        ("/usr/bin/cp", f"{ROOT}/merged/bin/x", [Severity.LOW]),
        ("/tmp/x", f"{ROOT}/diff/bin/x", [Severity.CRITICAL]),
        ("/usr/bin/buildah", f"{ROOT}/diff/bin/x", []),
        ("/usr/bin/cp", "/home/a/.local/share/containers/storage/overlay/b/diff/x", [Severity.HIGH]),
        ("/usr/bin/cp", "/var/lib/docker/volumes/a/_data/x", []),
    ],
)
def test_by_whom_and_where(exe: str, path: str, expected: list[Severity]) -> None:
    """A working container that is mounted is somebody's build; a layer is nobody's to write."""
    events = (runs(20, 10, exe, "x", on=HOST), opens(20, path, write=True, on=HOST))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected


def test_clearing_up_is_not_implanting() -> None:
    """An administrator who removes storage by hand."""
    events = (runs(20, 10, "/usr/bin/rm", "rm", on=HOST), row(EventKind.UNLINK, 20, f"{ROOT}/diff/bin/x", on=HOST))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == [Severity.MEDIUM]
