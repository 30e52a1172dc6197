"""Libraries in programs that check passwords."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.sshd_library import DETECTOR
from periderm.engines.runtime.scene import opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize("exe", ["/usr/sbin/sshd", "/usr/bin/sudo", "/usr/bin/su", "/bin/login"])
def test_programs(exe: str) -> None:
    """All that see passwords."""
    assert (
        run_example(DETECTOR, scene(runs(2, 1, exe, "x"), row(EventKind.LIBRARY, 2, "/home/a/x.so")))[0].severity
        is Severity.HIGH
    )


def test_others_may_load_what_they_like() -> None:
    """That is RUN-033's."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), row(EventKind.LIBRARY, 2, "/home/a/x.so"))) == []


@pytest.mark.parametrize(("version", "fires"), [("5.6.0", True), ("5.6.1", True), ("5.6.2", False), ("5.4.1", False)])
def test_releases_of_xz(version: str, fires: bool) -> None:
    """Two have the back door."""
    assert (
        bool(run_example(DETECTOR, scene(runs(2, 1, "/usr/sbin/sshd", "sshd"), opens(2, f"/lib/liblzma.so.{version}"))))
        == fires
    )


def test_a_library_that_was_replaced() -> None:
    """In the writable layer: medium, a module of PAM high."""
    sshd = runs(2, 1, "/usr/sbin/sshd", "sshd")
    said = [
        run_example(DETECTOR, scene(sshd, row(EventKind.LIBRARY, 2, path, flags=EventFlag.UPPER)))[0].severity
        for path in ("/usr/lib/libcrypto.so.3", "/usr/lib/security/pam_unix.so")
    ]
    assert said == [Severity.MEDIUM, Severity.HIGH]
