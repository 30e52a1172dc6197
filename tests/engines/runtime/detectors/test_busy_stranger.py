"""Who may burn the processor."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.busy_stranger import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import Event, EventKind
from periderm.model.severity import Severity


def busy(percent: int = 95, seconds: int = 60) -> Event:
    """A measure of process 2."""
    return row(EventKind.CPU_USE, 2, arg0=percent, arg1=seconds, at=700.0)


@pytest.mark.parametrize("exe", ["/tmp/a", "/dev/shm/.x", "/var/tmp/b", "/memfd:x"])
def test_places(exe: str) -> None:
    """From where everybody may write."""
    assert run_example(DETECTOR, scene(runs(2, 1, exe, "x"), busy()))[0].severity >= Severity.MEDIUM


@pytest.mark.parametrize("name", ["[kworker/u8:1]", "kswapd0", "[rcu_sched]", "[anything]", "kdevtmpfsi"])
def test_names_of_kernel_threads(name: str) -> None:
    """A program that has a file is none."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/x", name), busy()))


@pytest.mark.parametrize(("percent", "seconds"), [(69, 600), (100, 19), (0, 0)])
def test_limits(percent: int, seconds: int) -> None:
    """A little for long, or much for a moment."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/tmp/a", "a"), busy(percent, seconds))) == []


@pytest.mark.parametrize("exe", ["/usr/bin/java", "/app/server", "/usr/bin/ffmpeg", "/app/.venv/bin/python"])
def test_the_images_own_work(exe: str) -> None:
    """However hard."""
    assert run_example(DETECTOR, scene(runs(2, 1, exe, "x"), busy(800, 3600))) == []


def test_a_build_works_hard() -> None:
    """Compilers that a package manager brought along."""
    apt = runs(3, 1, "/usr/bin/apt-get", "apt-get", "install", "x")
    assert run_example(DETECTOR, scene(apt, runs(2, 3, "/usr/bin/cc1", "cc1"), busy())) == []
