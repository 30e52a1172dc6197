"""What `ports.host_state` promises, on this machine."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time

import pytest

from periderm.adapters.host_state_linux import LinuxHostLook
from periderm.model.event import HostState
from periderm.ports.host_state import HostLook


@pytest.fixture
def host() -> HostLook:
    """The plug under test."""
    return LinuxHostLook(("/sys/fs/bpf/*",))


def test_an_honest_machine_hides_nothing(host: HostLook) -> None:
    """Also while processes and threads come and go: no false rootkit."""
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import threading,time\nfor _ in range(20): threading.Thread(target=time.sleep,args=(3,)).start()",
        ]
    ) as child:
        for _ in range(3):
            states = {finding.state for finding in host.look()}
            assert not states & {HostState.HIDDEN_PROCESS, HostState.HIDDEN_MODULE}
        child.kill()
    assert list(host.blind()) == []


def test_looking_is_cheap_enough_to_do_every_minute(host: HostLook) -> None:
    """A look makes no process and leaves no descriptor open."""
    gc.collect()  # what others left behind is not closed meanwhile
    before = len(os.listdir("/proc/self/fd"))
    host.look()
    host.busy()
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_first_measure_of_use_says_nothing(host: HostLook) -> None:
    """There is nothing yet to compare with; a second one that comes at once neither."""
    assert list(host.busy()) == []
    time.sleep(0.01)
    assert list(host.busy()) == []
