"""Who becomes root, and how."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.became_root import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


def test_to_another_user_is_not_root() -> None:
    """Only 0 counts."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/opt/x", "x", uid=33), row(EventKind.SETUID, 2, uid=33, arg0=34))) == []


@pytest.mark.parametrize(
    ("exe", "fires"), [("/usr/bin/su", False), ("/usr/bin/newgrp", False), ("/usr/bin/find", True), ("/opt/su", True)]
)
def test_programs_with_the_bit(exe: str, fires: bool) -> None:
    """Those that systems ship are known by name and place."""
    said = run_example(DETECTOR, scene(runs(2, 1, exe, "x", uid=1000, flags=EventFlag.SETUID_FILE)))
    assert bool(said) == fires


def test_a_program_of_the_image_with_the_bit_is_a_note() -> None:
    """The scan tells of it; running it is what it is for."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/find", "find", uid=1000, flags=EventFlag.SETUID_FILE)))
    assert [alert.severity for alert in said] == [Severity.LOW]
