"""Writing where the kernel runs what it reads."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.cgroup_escape import DETECTOR
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.model.severity import Severity


@pytest.mark.parametrize(("arg0", "fires"), [(0, False), (1, True), (2, True), (0o1101, True), (0o10000002, True)])
def test_by_the_mode_of_opening(arg0: int, fires: bool) -> None:
    """Read-only is quiet, each mode that writes is not."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), opens(2, "/x/release_agent", arg0=arg0)))
    assert bool(said) == fires


def test_a_host_is_told_more_softly_and_only_of_strangers() -> None:
    """On the host itself there is nothing to escape from."""
    said = run_example(
        DETECTOR, scene(runs(20, 1, "/usr/bin/tee", "tee", on=HOST), opens(20, "/x/release_agent", write=True, on=HOST))
    )
    assert [alert.severity for alert in said] == [Severity.MEDIUM]
