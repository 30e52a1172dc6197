"""Data that is destroyed."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.destruction import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("argv", "fires"),
    [
        (("rm", "-rf", "/"), True),
        (("rm", "-r", "--no-preserve-root", "/"), True),
        (("rm", "-fr", "/home/*"), True),
        (("rm", "-rf", "/var/../etc"), True),
        (("dd", "if=/dev/urandom", "of=/dev/sda"), True),
        (("wipefs", "-a", "/dev/sdb"), True),
        (("rm", "-rf", "/app/build"), False),
        (("rm", "/etc/x"), False),
        (("dd", "if=/dev/sda", "of=/backup.img"), False),
        (("shred", "--help"), False),
        (("mkfs.ext4", "image.raw"), False),
    ],
)
def test_words(argv: tuple[str, ...], fires: bool) -> None:
    """What is aimed at."""
    assert bool(run_example(DETECTOR, scene(runs(2, 900, f"/usr/bin/{argv[0]}", *argv, flags=EventFlag.EXEC_SESSION)))) == fires


def test_an_application_that_expires_its_data_is_not_high() -> None:
    """Three hundred orders within a second: a note, whoever wrote the program."""
    events = (row(EventKind.UNLINK, 1, f"/srv/shop/{n}", at=700 + n / 1000) for n in range(300))
    said = run_example(DETECTOR, scene(runs(1, 0, "/app/x", "x"), *events))
    assert {alert.severity for alert in said} <= {Severity.LOW, Severity.MEDIUM}


def test_slow_is_not_bulk() -> None:
    """One file a second."""
    events = (row(EventKind.UNLINK, 2, f"/srv/{n}", at=700 + n) for n in range(300))
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), *events)) == []
