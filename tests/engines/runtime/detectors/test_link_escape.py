"""Traps of links and mounts."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.link_escape import DETECTOR
from periderm.engines.runtime.scene import HOST, SHOP, row, runs, scene
from periderm.model.event import EventKind
from periderm.model.severity import Severity

BOX = msgspec.structs.replace(SHOP, mount_sources=("/srv/v:/data:rw", "/srv/r:/ro:ro", "/x/hosts:/etc/hosts:rw"))


@pytest.mark.parametrize(
    ("path", "target", "expected"),
    [
        ("/data/a", "/", [Severity.HIGH]),
        ("/data/a", "/var/lib/kubelet/pki", [Severity.HIGH]),
        ("/data/a", "/etc/nginx", [Severity.MEDIUM]),
        ("/data/a", "../../../../../root", [Severity.HIGH]),
        ("/data/a", "../b", []),
        ("/data/a", "/data/c", []),
        ("/data/a", "/dev/null", []),
        ("/opt/a", "/etc/nginx", []),
        ("/opt/a", "/proc/self/fd/9", [Severity.HIGH]),
        ("/opt/a", "/proc/self/fd/1", []),
    ],
)
def test_links(path: str, target: str, expected: list[Severity]) -> None:
    """In a volume what leads out of it counts; elsewhere only a descriptor."""
    events = (runs(2, 1, "/app/x", "x", on=BOX), row(EventKind.SYMLINK, 2, path, raw=target, on=BOX))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected


def test_a_race_is_many_exchanges_soon_after_one_another() -> None:
    """Also when the kernel side folded them into one row; slow ones are updates."""
    program = runs(2, 1, "/app/x", "x", on=BOX)
    swap = row(EventKind.RENAME, 2, "/data/a", raw="/data/b", arg0=2, on=BOX)
    folded = msgspec.structs.replace(swap, count=50)
    slow = [row(EventKind.RENAME, 2, "/data/a", raw="/data/b", arg0=2, on=BOX, at=600.0 + 60 * n) for n in range(5)]
    back = [
        row(EventKind.RENAME, 2, *pair, arg0=2, on=BOX, at=600.0 + n) for n, pair in enumerate([("/data/a",), ("/data/b",)] * 2)
    ]
    swapped = [msgspec.structs.replace(e, raw="/data/b" if e.text == "/data/a" else "/data/a") for e in back]
    assert run_example(DETECTOR, scene(program, folded))
    assert run_example(DETECTOR, scene(program, *swapped))
    assert run_example(DETECTOR, scene(program, *slow)) == []


def test_the_host_may_lay_links() -> None:
    """Only containers are meant."""
    assert (
        run_example(
            DETECTOR, scene(runs(20, 1, "/bin/ln", "ln", on=HOST), row(EventKind.SYMLINK, 20, "/data/a", raw="/", on=HOST))
        )
        == []
    )
