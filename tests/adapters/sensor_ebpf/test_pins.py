"""The folder of pins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import remove_orphans
from periderm.adapters.sensor_ebpf.pins import PinFolder
from periderm.model.errors import SensorError
from tests.adapters.sensor_ebpf import watching


def test_one_agent_at_a_time(tmp_path: Path) -> None:
    """The second one is refused until the first is gone."""
    first = PinFolder(str(tmp_path / "pins"))
    with pytest.raises(SensorError, match="Another sensor"):
        PinFolder(str(tmp_path / "pins"))
    first.close(remove=False)
    PinFolder(str(tmp_path / "pins")).close(remove=True)
    assert not (tmp_path / "pins").exists()


def test_orphans_of_nobody() -> None:
    """Nothing there is nothing removed."""
    assert remove_orphans("/sys/fs/bpf/periderm-never-was") == []


OWN_MOUNT = """
import ctypes, os
libc = ctypes.CDLL(None)
while libc.umount2(b"/sys/fs/bpf", 2) == 0:
    pass
from periderm.adapters.sensor_ebpf.pins import is_bpffs
from tests.adapters.sensor_ebpf import watching
assert not is_bpffs("/sys/fs/bpf")
live = watching.sensor("mounts")
live.start()
assert is_bpffs("/sys/fs/bpf")
live.stop()
assert not is_bpffs("/sys/fs/bpf")
print("as before")
"""


@pytest.mark.root
def test_bpffs_is_mounted_and_unmounted_again() -> None:
    """Where there was none there is none after a clean stop. In a mount namespace of its own."""
    command = ["unshare", "-m", "--propagation", "private", sys.executable, "-c", OWN_MOUNT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "as before", done.stderr


@pytest.mark.root
def test_what_a_crashed_agent_left_is_removed() -> None:
    """All pins and the folder; not while an agent is using them."""
    crashed = watching.sensor("crashed")
    watching.start_quiet(crashed)
    with pytest.raises(SensorError, match="Another sensor"):
        remove_orphans(watching.pin_dir("crashed"))
    crashed.stop(keep=True)
    removed = remove_orphans(watching.pin_dir("crashed"))
    assert any(path.endswith("link_on_exec") for path in removed)
    assert not Path(watching.pin_dir("crashed")).exists()
