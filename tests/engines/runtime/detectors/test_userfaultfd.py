"""Page faults in the hands of a user."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.userfaultfd import DETECTOR
from periderm.engines.runtime.scene import HOST, SHOP, row, runs, scene
from periderm.model.event import EventFlag, EventKind, Subject
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("on", "uid", "arg0", "flags", "expected"),
    [
        (SHOP, 1000, 0, EventFlag(0), Severity.HIGH),
        (SHOP, 1000, 1, EventFlag(0), Severity.MEDIUM),
        (SHOP, 1000, 0, EventFlag.FAILED, Severity.MEDIUM),
        (HOST, 1000, 0, EventFlag(0), Severity.MEDIUM),
    ],
)
def test_what_it_is_worth(on: Subject, uid: int, arg0: int, flags: EventFlag, expected: Severity) -> None:
    """For faults of the program's own, refused, or on a host it is less."""
    given = row(EventKind.USERFAULTFD, 2, on=on, uid=uid, arg0=arg0, flags=flags, ret=-1 if flags else 0)
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x", on=on, uid=uid), given))] == [expected]
