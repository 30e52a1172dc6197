"""Mounts inside containers."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.container_mount import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("source", "kind", "severity"),
    [
        ("/dev/sda1", "ext4", Severity.CRITICAL),
        ("/dev/mapper/vg-root", "xfs", Severity.CRITICAL),
        ("/dev/nvme0n1p2", "", Severity.CRITICAL),
        ("none", "tracefs", Severity.HIGH),
        ("none", "securityfs", Severity.HIGH),
        ("overlay", "overlay", Severity.MEDIUM),
        ("/srv", "", Severity.MEDIUM),
    ],
)
def test_by_what_is_mounted(source: str, kind: str, severity: Severity) -> None:
    """A disk of the host is worst."""
    mount = row(EventKind.MOUNT, 2, "/m", raw=source, argv=(kind,) if kind else (), arg0=4096)
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), mount))] == [severity]


NEWER = [("", "debugfs", 0, True), ("/", "", 1, True), ("/", "", 0, False)]


@pytest.mark.parametrize(("source", "kind", "flags", "fires"), NEWER)
def test_the_newer_calls(source: str, kind: str, flags: int, fires: bool) -> None:
    """fsopen names only a type, open_tree only a source; the latter counts if it copies the tree."""
    call = row(EventKind.MOUNT, 2, "", raw=source, argv=(kind,) if kind else (), arg0=flags)
    assert bool(run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), call))) == fires


def test_the_program_and_its_call_are_one_alert() -> None:
    """mount(8) and the call that it makes have one cause."""
    said = run_example(
        DETECTOR,
        scene(
            runs(2, 1, "/usr/bin/mount", "mount", "-t", "debugfs", "none", "/m"),
            row(EventKind.MOUNT, 2, "/m", raw="none", argv=("debugfs",), flags=EventFlag.FAILED, ret=-1),
        ),
    )
    assert len({alert.id for alert in said}) == 1


def test_the_runtimes_children_are_its_own_only_until_they_become_the_containers() -> None:
    """After the exec of the container's program the runtime's excuse is over."""
    mount = row(EventKind.MOUNT, 91, "/m", raw="tmpfs", argv=("tmpfs",))
    runtime = (runs(90, 80, "/usr/bin/runc", "runc", "init", on=HOST), row(EventKind.FORK, 91, parent=90))
    assert run_example(DETECTOR, scene(*runtime, mount)) == []
    assert run_example(DETECTOR, scene(*runtime, runs(91, 90, "/usr/bin/dash", "sh"), mount))
