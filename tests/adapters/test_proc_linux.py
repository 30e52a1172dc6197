"""Odd processes, as files in a folder; real ones are in the suite of `ports.proc`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters import proc_linux
from periderm.adapters.proc_linux import LinuxProc, unified_mount

ID = "7" * 64


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc with process 42, whose name is chosen to deceive."""
    folder = tmp_path / "proc" / "42"
    folder.mkdir(parents=True)
    fields = "S 1 " + "0 " * 17 + "777 0"
    (folder / "stat").write_text(f"42 (evil) S 1 (name)) {fields}\n")
    (folder / "cgroup").write_text(f"0::/libpod_parent/libpod-{ID}\n")
    (folder / "uid_map").write_text("0 1000 1\n1 100000 65536\n")
    (folder / "mountinfo").write_text("1 0 0:1 / / rw - overlay overlay rw,upperdir=/up\n")
    (tmp_path / "cgroup" / "libpod_parent" / f"libpod-{ID}").mkdir(parents=True)
    for name in ("cgroup.procs", "cgroup.controllers"):
        (tmp_path / "cgroup" / name).touch()
    return tmp_path


def test_a_name_with_parentheses_does_not_shift_the_fields(proc: Path) -> None:
    """A process chooses its own name; its start time is counted from the last parenthesis."""
    made = LinuxProc(proc / "proc", proc / "cgroup")
    facts = made.facts(42)
    assert facts is not None
    assert facts.started % 10_000_000 == made._boot % 10_000_000
    assert facts.started - made._boot == 777 * (1_000_000_000 // os.sysconf("SC_CLK_TCK"))


def test_an_interruption_between_two_clocks_moves_no_start(proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most looks are interrupted here, before or after the second clock is read; the one that was not counts."""
    booted, now = 1_700_000_000 * 10**9, [50 * 10**9]
    pauses = iter([7, 40, 0, 90, 30, 0, 0, 80, 0, 0, 0, 0, 0, 60, 0, 0, 9, 0, 0, 4] + [1] * 40)  # ms before each reading

    def later() -> int:
        now[0] += next(pauses) * 10**6
        return now[0]

    monkeypatch.setattr(proc_linux.time, "clock_gettime_ns", lambda _clock: later())
    monkeypatch.setattr(proc_linux.time, "time_ns", lambda: booted + later())
    assert LinuxProc(proc / "proc")._boot == booted


def test_facts_come_from_the_kernels_files(proc: Path) -> None:
    """Container, owners, upper layer, and the inode of the cgroup's directory."""
    facts = LinuxProc(proc / "proc", proc / "cgroup").facts(42)
    assert facts is not None
    assert (facts.runtime, facts.container_id) == ("podman", ID)
    assert facts.owners == (1000, 100000)
    assert facts.overlay_upper == "/up"
    assert facts.cgroup == (proc / "cgroup" / "libpod_parent" / f"libpod-{ID}").stat().st_ino


def test_unreadable_files_leave_facts_out(proc: Path) -> None:
    """A process without a cgroup file, with a broken one, without anything but its start."""
    for name in ("cgroup", "mountinfo", "uid_map"):
        (proc / "proc/42" / name).write_bytes(b"\xff nonsense")
    facts = LinuxProc(proc / "proc", proc / "cgroup").facts(42)
    assert facts is not None
    assert (facts.container_id, facts.overlay_upper, facts.owners, facts.cgroup) == ("", "", (), 0)
    (proc / "proc/42/stat").write_text("42 (x) S 1 2 3\n")
    assert LinuxProc(proc / "proc", proc / "cgroup").facts(42) is None


def test_the_v2_hierarchy_is_found_where_it_is(tmp_path: Path) -> None:
    """At the root, in `unified`, or nowhere."""
    assert unified_mount(tmp_path) is None
    (tmp_path / "unified").mkdir()
    for name in ("cgroup.procs", "cgroup.controllers"):
        (tmp_path / "unified" / name).touch()
    assert unified_mount(tmp_path) == tmp_path / "unified"
    for name in ("cgroup.procs", "cgroup.controllers"):
        (tmp_path / name).touch()
    assert unified_mount(tmp_path) == tmp_path
