"""What is the host's, reached from a container."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.host_access import DETECTOR
from periderm.engines.runtime.scene import HOST, SHOP, opens, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

BOX = msgspec.structs.replace(SHOP, mount_sources=("/:/host:rw", "/etc/shadow:/s:ro"), host_namespaces=("pid",))


@pytest.mark.parametrize(
    ("path", "raw", "write", "expected"),
    [
        ("/dev/sda", "", False, [Severity.HIGH]),
        ("/dev/sda", "", True, [Severity.CRITICAL]),
        ("/dev/kmem", "", False, [Severity.CRITICAL]),
        ("/s", "", False, []),
        ("/host/etc/shadow", "", False, [Severity.HIGH]),
        ("/host/etc/passwd", "", False, []),
        ("/host/etc/passwd", "", True, [Severity.HIGH]),
        ("/host/srv/app.conf", "", True, []),
        ("/etc/hostname", "/proc/1/root/etc/hostname", False, [Severity.HIGH]),
        ("/etc/hostname", "/proc/1002/root/etc/hostname", False, []),
    ],
)
def test_reading_and_writing(path: str, raw: str, write: bool, expected: list[Severity]) -> None:
    """Secrets may not be read, doors not written; one's own root is one's own."""
    events = (runs(2, 1, "/app/x", "x", on=BOX), opens(2, path, raw=raw, write=write, on=BOX))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected


def test_a_person_is_worse() -> None:
    """Whoever came by exec and writes a job for the host's cron."""
    events = (
        runs(2, 1, "/bin/sh", "sh", on=BOX, flags=EventFlag.EXEC_SESSION),
        opens(2, "/host/etc/crontab", write=True, on=BOX),
    )
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == [Severity.CRITICAL]


def test_the_host_itself_is_not_meant() -> None:
    """Its disks are its own."""
    assert run_example(DETECTOR, scene(runs(20, 1, "/sbin/fsck", "fsck", on=HOST), opens(20, "/dev/sda", on=HOST))) == []
