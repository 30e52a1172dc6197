"""Who lets people in over SSH."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.authorized_keys import DETECTOR
from periderm.engines.runtime.scene import opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize("kind", [EventKind.RENAME, EventKind.LINK, EventKind.SYMLINK, EventKind.TRUNCATE])
def test_every_way_to_change_a_file(kind: EventKind) -> None:
    """Writing is only one of them."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/opt/a", "a"), row(kind, 2, "/root/.ssh/authorized_keys", raw="/tmp/x")))


@pytest.mark.parametrize(
    "path", ["/root/.ssh/../.ssh/authorized_keys", "/root//.ssh/./authorized_keys", "/home/a/.ssh/authorized_keys2"]
)
def test_detours(path: str) -> None:
    """A path need not be written straight."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/opt/a", "a"), row(EventKind.RENAME, 2, path, raw="/tmp/x")))


def test_a_start_script_sets_keys_up_softly() -> None:
    """Images with sshd take a key from a variable when they start."""
    events = (
        runs(1, 0, "/usr/bin/dash", "sh", "/entry.sh", at=0.0),
        opens(1, "/root/.ssh/authorized_keys", write=True, at=1.0),
    )
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [Severity.MEDIUM]


def test_where_the_folder_is_missing_nothing_was_written() -> None:
    """ENOENT is not an attempt that nearly worked."""
    event = row(EventKind.OPEN, 2, "/root/.ssh/authorized_keys", arg0=0o101, ret=-2, flags=EventFlag.FAILED)
    assert run_example(DETECTOR, scene(runs(2, 1, "/opt/a", "a"), event)) == []
