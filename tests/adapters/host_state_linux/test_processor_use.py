"""Who keeps a processor busy, from given files and from the real kernel."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from periderm.adapters.host_state_linux.processor_use import BUSY_PERCENT, ProcessorUse

HERTZ = os.sysconf("SC_CLK_TCK")


def stat(root: Path, pid: int, *, ticks: int, start: int = 500, name: str = "x) 1 (y") -> None:
    """A stat file with a name that tries to be fields."""
    folder = root / str(pid)
    folder.mkdir(exist_ok=True)
    fields = ["S", "1"] + ["0"] * 9 + [str(ticks), "0"] + ["0"] * 6 + [str(start)]
    (folder / "stat").write_text(f"{pid} ({name}) {' '.join(fields)}\n")


def test_only_who_used_nearly_a_whole_core(tmp_path: Path) -> None:
    """Over the time between two looks; a number that was given to another process starts anew."""
    for pid, ticks in ((10, 0), (11, 0), (12, 0)):
        stat(tmp_path, pid, ticks=ticks)
    use = ProcessorUse(str(tmp_path))
    assert use.busy(now=1000.0) == ()
    stat(tmp_path, 10, ticks=60 * HERTZ)
    stat(tmp_path, 11, ticks=30 * HERTZ)
    stat(tmp_path, 12, ticks=60 * HERTZ, start=900)
    assert use.busy(now=1010.0) == ()  # too early: a spike is no use
    (busy,) = use.busy(now=1060.0)
    assert (busy.pid, busy.percent, busy.seconds, busy.key) == (10, 100, 60, 500 << 22 | 10)
    assert use.busy(now=1120.0) == ()


def test_what_is_no_process_is_passed_over(tmp_path: Path) -> None:
    """Files that are not there, empty, or nonsense."""
    (tmp_path / "7").mkdir()
    (tmp_path / "8").mkdir()
    (tmp_path / "8" / "stat").write_text("8 (x) S 1")
    (tmp_path / "self").mkdir()
    use = ProcessorUse(str(tmp_path))
    assert use.busy(now=0.0) == ()
    assert ProcessorUse(str(tmp_path / "nothing")).busy(now=1.0) == ()


def test_a_real_process_is_measured() -> None:
    """The kernel's own figures; the clock is told, so that the test need not wait for half a minute."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as child:
        use = ProcessorUse()
        use.busy(now=0.0)
        before = Path(f"/proc/{child.pid}/stat").read_text()
        time.sleep(0.3)
        use._when = 0.0
        use._before = {child.pid: (int(before.rpartition(")")[2].split()[19]), -10_000 * HERTZ)}
        found = [process for process in use.busy(now=60.0) if process.pid == child.pid]
        child.kill()
    assert len(found) == 1
    assert found[0].percent >= BUSY_PERCENT
    assert found[0].executable == os.path.realpath(sys.executable)
    assert found[0].mount_namespace == Path("/proc/self/ns/mnt").stat().st_ino
