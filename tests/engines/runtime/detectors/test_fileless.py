"""Programs without a file, and the runtime that also does it."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.fileless import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.event import EventFlag

MEMORY = EventFlag.MEMORY_BACKED


@pytest.mark.parametrize("name", ["/memfd:runc_cloned:/proc/self/exe", "/memfd:crun_cloned:/proc/self/exe", "/memfd:kworker"])
def test_a_name_alone_is_not_believed(name: str) -> None:
    """Anybody can give a memory file the runtime's name, in a container and on a host."""
    assert run_example(DETECTOR, scene(runs(2, 1, name, "runc", flags=MEMORY)))
    assert run_example(DETECTOR, scene(runs(20, 10, name, "runc", on=HOST, flags=MEMORY)))


def test_a_child_of_the_runtime_that_became_the_containers_is_no_runtime() -> None:
    """What a container's program does after its start is its own doing."""
    said = run_example(
        DETECTOR,
        scene(
            runs(90, 80, "/usr/bin/runc", "runc", "init", on=HOST),
            runs(90, 80, "/usr/bin/dash", "sh"),
            runs(90, 80, "/memfd:runc_cloned:/proc/self/exe", "runc", flags=MEMORY),
        ),
    )
    assert len(said) == 1


@pytest.mark.parametrize("script", ["/dev/fd/63", "/proc/self/fd/3", "/proc/12/fd/3", "/proc/thread-self/fd/3"])
def test_scripts_from_descriptors(script: str) -> None:
    """`bash <(curl …)` leaves no file either."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/bash", "bash", script)))
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", f"cat {script}"))) == []
