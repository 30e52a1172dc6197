"""Immutable files."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.file_attributes import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(("bits", "fires"), [(0x10, True), (0x20, True), (0x30, True), (0x800000, False), (0, False)])
def test_bits(bits: int, fires: bool) -> None:
    """FS_IMMUTABLE_FL and FS_APPEND_FL."""
    assert (
        bool(run_example(DETECTOR, scene(runs(2, 1, "/opt/x", "x"), row(EventKind.FILE_FLAGS, 2, "/srv/x", arg0=bits))))
        == fires
    )


@pytest.mark.parametrize(
    ("change", "fires"), [("+i", True), ("-i", True), ("-R", False), ("+ai", True), ("+C", False), ("=ia", True)]
)
def test_words(change: str, fires: bool) -> None:
    """Of chattr."""
    assert bool(run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/chattr", "chattr", change, "/srv/x")))) == fires


def test_by_an_intruder_it_is_high() -> None:
    """A program that nobody brought."""
    events = (runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), row(EventKind.FILE_FLAGS, 2, "/srv/x", arg0=0x10))
    assert run_example(DETECTOR, scene(*events))[0].severity is Severity.HIGH
