"""Into namespaces and out of them."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.namespace_change import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventFlag, EventKind


@pytest.mark.parametrize(
    ("flags", "fires"), [(0x20000, True), (0x40000000, True), (0x200, False), (0x40000, False), (0, False)]
)
def test_unshare_by_flags(flags: int, fires: bool) -> None:
    """Only namespaces count: unshare also parts file tables and semaphores."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), row(EventKind.UNSHARE, 2, arg0=flags)))
    assert bool(said) == fires


def test_the_child_of_a_clone_is_told_with_its_parents_program() -> None:
    """clone(CLONE_NEWUSER) instead of unshare does not hide who did it."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), row(EventKind.FORK, 3, parent=2, arg0=0x10000011)))
    assert said[0].process.exe == "/app/x"
    assert said[0].evidence["namespaces"] == "user"


def test_coming_from_outside_is_named_so() -> None:
    """A process in the container's files with another's cgroup did not come by the runtime."""
    said = run_example(DETECTOR, scene(runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.FOREIGN)))
    assert said[0].process.how == "nsenter"


def test_browsers_lock_in_their_children() -> None:
    """A sandbox is quiet, unless it came later than the image."""
    sandbox = row(EventKind.UNSHARE, 2, arg0=0x10000000)
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/lib/chromium/chromium", "chromium"), sandbox)) == []
    assert run_example(DETECTOR, scene(runs(2, 1, "/x/chromium", "chromium", flags=EventFlag.UPPER), sandbox))


def test_a_host_is_left_alone() -> None:
    """Namespaces are a host's daily tools."""
    assert run_example(DETECTOR, scene(runs(20, 1, "/usr/bin/nsenter", "nsenter", on=HOST))) == []
