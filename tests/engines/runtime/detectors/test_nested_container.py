"""Containers that start containers."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.nested_container import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("docker run --rm alpine true", Severity.MEDIUM),
        ("docker run --privileged alpine", Severity.HIGH),
        ("docker run -v /:/h alpine", Severity.HIGH),
        ("docker run -v /etc:/h alpine", Severity.HIGH),
        ("docker run -v data:/h alpine", Severity.MEDIUM),
        ("podman run --pid host alpine", Severity.HIGH),
        ("podman run --cap-add SYS_ADMIN alpine", Severity.HIGH),
        ("docker run --mount type=bind,src=/,dst=/h alpine", Severity.HIGH),
    ],
)
def test_what_the_new_one_is_given_counts(line: str, expected: Severity) -> None:
    """Rights of the host make it high, in all the ways to write them."""
    words = line.split()
    (alert,) = run_example(DETECTOR, scene(runs(2, 1, f"/usr/bin/{words[0]}", *words)))
    assert alert.severity is expected


def test_a_person_with_the_hosts_root_is_critical_and_the_host_is_not_meant() -> None:
    """On the host that is what the client is for."""
    words = ("docker", "run", "-v", "/:/h", "a")
    (alert,) = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/docker", *words, flags=EventFlag.EXEC_SESSION)))
    assert alert.severity is Severity.CRITICAL
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/docker", *words, on=HOST))) == []
