"""Files that become programs, and the many bits that mean nothing."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.made_executable import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SESSION = runs(2, 900, "/usr/bin/dash", "sh", "-c", "…", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize("path", ["/tmp/x", "/srv/app/tool", "/var/tmp/.a", "/usr/local/bin/x", "/dev/shm/y"])
@pytest.mark.parametrize("mode", [0o755, 0o700, 0o100, 0o4755, 0o100711])
def test_any_executable_bit(path: str, mode: int) -> None:
    """One bit for anybody is enough."""
    assert run_example(DETECTOR, scene(SESSION, row(EventKind.CHMOD, 2, path, arg0=mode)))


@pytest.mark.parametrize("path", ["/var/lib/postgresql", "/var/log/nginx", "/app/x.json", "/etc/nginx/conf.d", "/proc/self/x"])
def test_folders_and_data(path: str) -> None:
    """What is a folder in all likelihood, and what is data."""
    assert run_example(DETECTOR, scene(SESSION, row(EventKind.CHMOD, 2, path, arg0=0o755))) == []


def test_by_the_situation() -> None:
    """An intruder's is high, a person's medium, the container's own low."""
    web = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
    shell = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
    chmod = row(EventKind.CHMOD, 2, "/srv/x", arg0=0o755)
    assert [a.severity for a in run_example(DETECTOR, scene(web, shell, chmod))] == [Severity.HIGH]
    assert [a.severity for a in run_example(DETECTOR, scene(SESSION, chmod))] == [Severity.MEDIUM]
    own = runs(2, 1, "/usr/bin/python3", "python3", "app.py")
    assert [a.severity for a in run_example(DETECTOR, scene(own, chmod))] == [Severity.LOW]


def test_a_failed_call_makes_nothing() -> None:
    """A read-only file system refuses; then there is no program."""
    failed = row(EventKind.CHMOD, 2, "/srv/x", arg0=0o755, ret=-30, flags=EventFlag.FAILED)
    assert run_example(DETECTOR, scene(SESSION, failed)) == []
