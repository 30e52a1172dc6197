"""Another root inside a container."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.change_root import DETECTOR
from periderm.engines.runtime.scene import SHOP, row, runs, scene
from periderm.model.event import EventKind
from periderm.model.severity import Severity

BOX = msgspec.structs.replace(SHOP, mount_sources=("/:/host:rw", "/srv/root:/chroot:rw"))


@pytest.mark.parametrize(
    ("exe", "target", "expected"),
    [
        ("/usr/sbin/chroot", "/host", [Severity.CRITICAL]),
        ("/usr/sbin/sshd", "/host", [Severity.CRITICAL]),
        ("/usr/sbin/chroot", "/chroot", [Severity.HIGH]),
        ("/usr/sbin/named", "/chroot", []),
        ("/usr/sbin/chroot", "/opt/jail", [Severity.MEDIUM]),
        ("/usr/sbin/chroot", "/mnt", [Severity.HIGH]),
        ("/usr/sbin/chroot", "/opt/..", []),
    ],
)
def test_where_to(exe: str, target: str, expected: list[Severity]) -> None:
    """The host's root is the worst, whoever goes there; daemons lock themselves in elsewhere."""
    events = (runs(2, 1, exe, "x", on=BOX), row(EventKind.CHROOT, 2, target, on=BOX))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected
