"""What the agent takes of the kernel is given back however it ends, and what it forks gives back nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.sensor_ebpf.watching import kernel_object, pin_dir, until

FORKING = """
import os, sys
from periderm.wiring.sensing import _at_the_end
_at_the_end(lambda: print("given back", flush=True))
if os.fork() == 0:
    sys.exit(0)
os.wait()
"""


@pytest.mark.root
@pytest.mark.slow
def test_an_agent_that_is_stopped_while_it_starts_leaves_nothing_pinned(tmp_path: Path) -> None:
    """Its programs are in the kernel long before it watches; a stop in between takes them out again."""
    kernel_object()
    pins = Path(pin_dir("stopped"))
    environment = {**os.environ, "PERIDERM_PINS": str(pins)}
    environment |= {"PERIDERM_STATE": str(tmp_path / "state"), "PERIDERM_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "periderm", "agent"]
    agent = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert until(lambda: any(path.name.startswith("link_") for path in pins.glob("*")), 120)
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(180) == 0
    finally:
        agent.kill()
        agent.wait()
    assert not pins.exists()


def test_a_fork_gives_nothing_back() -> None:
    """Only the process that took it does."""
    done = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, check=True)
    assert done.stdout == "given back\n"
