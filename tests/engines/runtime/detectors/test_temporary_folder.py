"""Where programs should not lie."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.temporary_folder import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("exe", "argv", "severity"),
    [
        ("/tmp/x", ("x",), Severity.MEDIUM),
        ("/run/x", ("x",), Severity.MEDIUM),
        ("/var/tmp/.hidden/x", ("x",), Severity.HIGH),
        ("/dev/shm/x", ("x",), Severity.HIGH),
        ("/usr/bin/bash", ("bash", "-x", "/tmp/x.sh"), Severity.MEDIUM),
        ("/usr/bin/php8.2", ("php", "//tmp//x.php"), Severity.MEDIUM),
        ("/usr/bin/perl", ("perl", "/proc/self/root/proc/1/root/dev/shm/x"), Severity.HIGH),
    ],
)
def test_in_a_container(exe: str, argv: tuple[str, ...], severity: Severity) -> None:
    """Programs and scripts, however the path is written."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 1, exe, *argv)))] == [severity]


@pytest.mark.parametrize(
    ("exe", "severity"), [("/tmp/x", [Severity.INFORMATIONAL]), ("/run/systemd/x", []), ("/tmp/.x", [Severity.HIGH])]
)
def test_on_a_host(exe: str, severity: list[Severity]) -> None:
    """Builds live in /tmp; what hides there is worth a look."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(20, 1, exe, "x", on=HOST)))] == severity


def test_a_file_system_that_is_being_built_is_not_told_on_a_host() -> None:
    """debootstrap runs programs that lie below /tmp for the host, and in /bin for themselves."""
    assert run_example(DETECTOR, scene(runs(20, 1, "/tmp/root/bin/dpkg", "dpkg", on=HOST, raw="/bin/dpkg"))) == []
    assert run_example(DETECTOR, scene(runs(20, 1, "/tmp/x", "x", on=HOST, raw="./x")))


def test_a_server_is_no_builder() -> None:
    """A program named make below a web server does not excuse what it starts."""
    events = (
        runs(1, 0, "/usr/sbin/nginx", "nginx"),
        runs(2, 1, "/usr/bin/dash", "sh", "-c", "make"),
        runs(3, 2, "/usr/bin/make", "make"),
        runs(4, 3, "/tmp/x", "x"),
    )
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == [Severity.HIGH]
    assert run_example(DETECTOR, scene(events[2], events[3])) == []
