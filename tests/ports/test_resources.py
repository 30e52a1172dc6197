"""What every plug of `ports.resources` keeps."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from periderm.adapters.resources_linux import LinuxResources
from periderm.ports.resources import ResourceLook

SLEEPS = ("/sleep", "/coreutils", "/busybox")


@pytest.fixture(params=[LinuxResources])
def plug(request: pytest.FixtureRequest) -> ResourceLook:
    """Each plug."""
    made: ResourceLook = request.param()
    return made


def test_a_process_is_told_while_it_runs(plug: ResourceLook) -> None:
    """With its own key; and no longer once it has ended."""
    child = subprocess.Popen(["/bin/sleep", "60"])
    try:
        found = [use for use in plug.look() if use.pid == child.pid]
        deadline = time.monotonic() + 60
        while found and not (found[0].memory and found[0].program.endswith(SLEEPS)) and time.monotonic() < deadline:
            time.sleep(0.05)  # the kernel counts pages in lots; and it may not have become the program yet
            found = [use for use in plug.look() if use.pid == child.pid]
        assert len(found) == 1
        assert found[0].program.endswith(SLEEPS)
        assert found[0].key > 0
        assert found[0].memory > 0
    finally:
        child.kill()
        child.wait()
    assert not [use for use in plug.look() if use.key == found[0].key]


def test_what_was_not_there_before_has_no_rate(plug: ResourceLook) -> None:
    """A share of a core needs two looks: at the first it is not known, and not nought."""
    first = next(use for use in plug.look() if use.pid == os.getpid())
    second = next(use for use in plug.look() if use.pid == os.getpid())
    assert first.cpu == -1.0
    assert second.cpu >= -1.0
    assert first.key == second.key
