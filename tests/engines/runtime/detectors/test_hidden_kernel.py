"""What a look at the machine found."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.hidden_kernel import DETECTOR
from periderm.engines.runtime.scene import HOST, row, scene
from periderm.model.event import EventKind, HostState
from periderm.model.severity import Severity


@pytest.mark.parametrize("state", list(HostState))
def test_each_state_is_weighed(state: HostState) -> None:
    """A new state that nobody weighs would be silent."""
    (alert,) = run_example(DETECTOR, scene(row(EventKind.HOST_STATE, 0, "x", raw=state.value, on=HOST)))
    assert alert.object == f"{state.value}:x"
    assert alert.techniques


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (("cgroup_skb",), Severity.LOW),
        (("kprobe", "uid=0"), Severity.MEDIUM),
        (("kprobe", "uid=0", "orphan"), Severity.HIGH),
    ],
)
def test_a_program_that_can_change_what_others_read_is_worse(details: tuple[str, ...], expected: Severity) -> None:
    """Most of all if no process holds it."""
    (alert,) = run_example(DETECTOR, scene(row(EventKind.HOST_STATE, 0, "p", raw="bpf-program", argv=details, on=HOST)))
    assert alert.severity is expected
