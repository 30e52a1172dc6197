"""What a guard refused is told, and what it would have."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.refused_call import DETECTOR
from periderm.engines.runtime.scene import row, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize("kind", [EventKind.EXEC, EventKind.OPEN, EventKind.MODULE, EventKind.PTRACE, EventKind.MOUNT])
def test_refused_weighs_more_than_told(kind: EventKind) -> None:
    """For each kind of call that a guard can refuse."""
    (refused,) = run_example(DETECTOR, scene(row(kind, 12, "/srv/x", flags=EventFlag.REFUSED)))
    (told,) = run_example(DETECTOR, scene(row(kind, 12, "/srv/x", flags=EventFlag.WOULD_REFUSE)))
    assert (refused.severity, told.severity) == (Severity.MEDIUM, Severity.LOW)
    assert "refused" in refused.message.en
    assert "only alerts" in told.message.en
    assert refused.object == "/srv/x"
