"""What processes use is read as the kernel counts it; what cannot be known is -1 and never a guess."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from periderm.adapters.resources_linux import LinuxResources
from periderm.ports.resources import ProcessUse

BUSY = "import time; fs = [open('/dev/null') for _ in range(40)]; b = bytearray(64 << 20); b[::4096] = b'x' * len(b[::4096])"


def own(uses: list[ProcessUse], pid: int) -> ProcessUse:
    """The one of this process."""
    return next(use for use in uses if use.pid == pid)


def test_a_process_that_works_is_told_with_what_it_uses() -> None:
    """Processor time needs two looks; memory, files, program and user are there at the first."""
    program = f"{BUSY}\nprint('ready', flush=True)\nwhile True: pass"
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    look = LinuxResources()
    try:
        assert child.stdout is not None
        child.stdout.readline()
        first = own(list(look.look()), child.pid)
        assert first.cpu == -1.0
        assert first.memory > 64 << 20
        assert first.files >= 43
        assert first.program == os.path.realpath(sys.executable)
        assert first.user == os.geteuid()
        assert first.mount_namespace == os.stat("/proc/self/ns/mnt").st_ino
        ends = time.monotonic() + 180  # on a busy machine it may not get any of the time at first
        while (second := own(list(look.look()), child.pid)).cpu <= 1 and time.monotonic() < ends:
            time.sleep(0.5)
        assert second.cpu > 1
        assert second.key == first.key
        assert own(list(look.look()), os.getpid()).children >= 1
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def stat_line(pid: int, name: str, parent: int, ticks: int, start: int, pages: int) -> str:
    """A line as proc(5) has it."""
    fields = ["S", str(parent), *["0"] * 9, str(ticks), "0", *["0"] * 6, str(start), "0", str(pages), *["0"] * 10]
    return f"{pid} ({name}) " + " ".join(fields)


def process(root: Path, pid: int, *, name: str = "x", parent: int = 1, ticks: int = 0, start: int = 100) -> None:
    """A process as a folder."""
    folder = root / str(pid)
    (folder / "fd").mkdir(parents=True, exist_ok=True)
    (folder / "ns").mkdir(exist_ok=True)
    (folder / "ns" / "mnt").touch()
    (folder / "stat").write_text(stat_line(pid, name, parent, ticks, start, 10))
    (folder / "exe").unlink(missing_ok=True)
    (folder / "exe").symlink_to("/usr/bin/app")


def test_a_name_that_looks_like_fields_moves_nothing(tmp_path: Path) -> None:
    """A process chooses its own name: the fields are counted from where it ends."""
    process(tmp_path, 7, name=") S 1 2 3 (", ticks=1000)
    look = LinuxResources(str(tmp_path))
    look.look(now=10.0, uptime=1e6)
    process(tmp_path, 7, name=") S 1 2 3 (", ticks=1000 + 5 * os.sysconf("SC_CLK_TCK"))
    assert own(list(look.look(now=20.0, uptime=1e6)), 7).cpu == pytest.approx(50.0)


def test_a_pid_that_is_used_again_has_no_past(tmp_path: Path) -> None:
    """Another start is another process: what the old one used is not the new one's."""
    process(tmp_path, 7, ticks=100)
    look = LinuxResources(str(tmp_path))
    look.look(now=10.0, uptime=1e6)
    process(tmp_path, 7, ticks=500, start=900)
    assert own(list(look.look(now=20.0, uptime=1e6)), 7).cpu == -1.0


def test_children_are_those_of_the_last_minute(tmp_path: Path) -> None:
    """A parent is told with how many began lately, and not with how many it has."""
    hertz = os.sysconf("SC_CLK_TCK")
    process(tmp_path, 7, start=10)
    process(tmp_path, 8, parent=7, start=100 * hertz)
    process(tmp_path, 9, parent=7, start=175 * hertz)
    uses = list(LinuxResources(str(tmp_path)).look(now=1.0, uptime=180.0))
    assert own(uses, 7).children == 1
    assert own(uses, 8).children == 0


def test_what_is_no_process_is_left_out(tmp_path: Path) -> None:
    """A folder without what a process has, and a thread of the kernel, are not told."""
    (tmp_path / "5").mkdir()
    (tmp_path / "6").mkdir()
    (tmp_path / "6" / "stat").write_text("nonsense")
    process(tmp_path, 7)
    (tmp_path / "7" / "exe").unlink()
    assert list(LinuxResources(str(tmp_path)).look()) == []
