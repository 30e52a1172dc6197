"""PTRACE_TRACEME, by whom."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.anti_debug import DETECTOR
from periderm.engines.runtime.scene import HOST, SHOP, row, runs, scene
from periderm.model.event import EventFlag, EventKind, Subject
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("exe", "on", "flags", "expected"),
    [
        ("/app/x", SHOP, EventFlag(0), [Severity.MEDIUM]),
        ("/tmp/x", SHOP, EventFlag.UPPER, [Severity.HIGH]),
        ("/usr/bin/x", HOST, EventFlag(0), [Severity.LOW]),
        ("/tmp/x", HOST, EventFlag(0), [Severity.MEDIUM]),
        ("/usr/bin/ltrace", SHOP, EventFlag(0), []),
    ],
)
def test_by_whom(exe: str, on: Subject, flags: EventFlag, expected: list[Severity]) -> None:
    """A debugger's own child is quiet; nothing on a host is high."""
    events = (runs(2, 1, exe, "x", on=on, flags=flags), row(EventKind.PTRACE, 2, arg0=0, on=on))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected
