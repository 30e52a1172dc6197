"""Backups and snapshots."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.recovery_inhibited import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("argv", "fires"),
    [
        (("lvremove", "vg/x"), True),
        (("btrfs", "subvolume", "delete", "/s"), True),
        (("btrfs", "subvolume", "list", "/"), False),
        (("borg", "delete", "repo"), True),
        (("borg", "create", "repo::x"), False),
        (("restic", "forget", "--dry-run"), False),
        (("etcdctl", "del", "", "--prefix"), True),
        (("rm", "-rf", "/var/backups"), True),
        (("rm", "-rf", "/tmp/backup"), False),
        (("rm", "-rf", "/app/dist"), False),
    ],
)
def test_words(argv: tuple[str, ...], fires: bool) -> None:
    """What destroys, not what looks or makes."""
    assert bool(run_example(DETECTOR, scene(runs(2, 900, f"/usr/bin/{argv[0]}", *argv, flags=EventFlag.EXEC_SESSION)))) == fires


def test_a_timers_prune_is_a_note() -> None:
    """cron starts it every night."""
    events = (
        runs(2, 1, "/usr/sbin/cron", "cron"),
        runs(3, 2, "/usr/bin/dash", "sh", "-c", "x"),
        runs(4, 3, "/usr/bin/restic", "restic", "forget", "--prune"),
    )
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [Severity.LOW]


def test_a_few_files_are_no_bulk() -> None:
    """One old dump is thrown away every night."""
    events = (row(EventKind.UNLINK, 2, f"/srv/backups/{n}.sql") for n in range(3))
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), *events)) == []
