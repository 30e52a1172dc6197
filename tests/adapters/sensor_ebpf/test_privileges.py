"""What is left after privileges are given up, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.adapters.sensor_ebpf import watching

SCRIPT = """
import os, socket, sys
from periderm.adapters.sensor_ebpf.privileges import KEPT, drop_privileges
from pathlib import Path
left = drop_privileges()
assert set(left) <= set(KEPT), left
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
mask = sum(1 << number for number in KEPT)
assert int(status["CapEff"], 16) & ~mask == 0
assert int(status["CapBnd"], 16) & ~mask == 0
assert int(status["CapInh"], 16) == 0
assert status["NoNewPrivs"].strip() == "1"
os.readlink(f"/proc/{sys.argv[1]}/exe")
os.kill(int(sys.argv[1]), 0)
try:
    os.chown("/tmp", 12345, 12345)
except PermissionError:
    print("given up")
try:
    socket.sethostname("nobody")
except PermissionError:
    print("for good")
"""


@pytest.mark.root
def test_only_what_is_needed_is_left() -> None:
    """It may still look at others and send them signals, and nothing else; children get nothing back."""
    other = subprocess.Popen(["sleep", "60"], user=65534)
    try:
        command = [sys.executable, "-c", SCRIPT, str(other.pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stdout.split("\n")[:2] == ["given up", "for good"], done.stderr
    finally:
        other.kill()
        other.wait()


LIVE = """
import sys
from pathlib import Path
from periderm.adapters.sensor_ebpf import EbpfSensor, drop_privileges
from tests.adapters.sensor_ebpf import watching
import subprocess
sensor = EbpfSensor(watching.kernel_object(), sys.argv[1], 1 << 20)
sensor.start()
drop_privileges()
sensor.set_subjects([watching.NODE])
sensor.heartbeat()
subprocess.run(["true"], check=True)
assert any(event.comm == "true" for event in watching.drain(sensor))
assert sensor.counters().sent > 0
sensor.stop()
print("works")
"""


@pytest.mark.root
def test_the_sensor_works_without_the_rest() -> None:
    """Reading, programming and unpinning need only what is kept."""
    done = subprocess.run(
        [sys.executable, "-c", LIVE, watching.pin_dir("dropped")], capture_output=True, text=True, check=False, cwd="."
    )
    assert done.stdout.strip() == "works", done.stderr
