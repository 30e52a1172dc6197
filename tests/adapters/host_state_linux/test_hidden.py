"""Differences between the kernel's lists, from folders that lie as rootkits do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from periderm.adapters.host_state_linux.hidden import HiddenProcesses, covered_processes, hidden_modules


def machine(tmp_path: Path, listed: str, loaded: tuple[str, ...], symbols: str = "") -> tuple[Path, Path]:
    """A /proc and a /sys."""
    proc, sys_ = tmp_path / "proc", tmp_path / "sys"
    proc.mkdir()
    (proc / "modules").write_text(listed)
    (proc / "kallsyms").write_text(symbols)
    for name in loaded:
        (sys_ / "module" / name).mkdir(parents=True)
        (sys_ / "module" / name / "initstate").write_text("live\n")
    (sys_ / "module" / "builtin").mkdir(parents=True, exist_ok=True)
    return proc, sys_


def test_a_module_that_took_itself_off_the_list_is_found(tmp_path: Path) -> None:
    """It is still in sysfs; what is built in has no state, and dashes are no difference."""
    proc, sys_ = machine(tmp_path, "snd-pcm 1 0 - Live 0x0\next4 2 1 - Live 0x0\n", ("snd_pcm", "ext4", "diamorphine"))
    assert hidden_modules(proc, sys_) == {"diamorphine"}


def test_a_module_that_left_sysfs_too_is_found_by_its_symbols(tmp_path: Path) -> None:
    """Programs of BPF have symbols and are no modules."""
    table = "ffff0000 t hook\t[reptile]\nffff0001 t bpf_prog_1\t[bpf]\nffff0002 T printk\nffff t a\t[ext4]\n"
    proc, sys_ = machine(tmp_path, "ext4 2 1 - Live 0x0\n", ("ext4",), table)
    assert hidden_modules(proc, sys_) == frozenset()
    assert hidden_modules(proc, sys_, symbols=True) == {"reptile"}


def test_a_kernel_without_modules_hides_none(tmp_path: Path) -> None:
    """No list, no answer."""
    assert hidden_modules(tmp_path, tmp_path, symbols=True) == frozenset()


def listing(proc: Path, *pids: int) -> None:
    """A /proc that lists these and knows the real status of this process."""
    (proc / "sys/kernel").mkdir(parents=True)
    (proc / "sys/kernel/pid_max").write_text("32768")
    for pid in pids:
        (proc / str(pid)).mkdir()


def test_a_process_that_is_not_listed_is_found(tmp_path: Path) -> None:
    """It answers to its number, here a real child, and the list leaves it out."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        every = [int(name) for name in os.listdir("/proc") if name.isdecimal() and int(name) != child.pid]
        tasks = [int(t) for pid in every if os.path.isdir(f"/proc/{pid}/task") for t in os.listdir(f"/proc/{pid}/task")]
        listing(tmp_path, *sorted({*every, *tasks}))
        look = HiddenProcesses(tmp_path)
        found: dict[int, str] = {}
        for _ in range(64):  # as many slices as there can be numbers
            found |= look.look()
            if child.pid in found or child.pid >= 32_768:
                break
        child.kill()
    assert child.pid in found or child.pid >= 32_768


def test_who_sees_only_its_own_says_nothing(tmp_path: Path) -> None:
    """With hidepid the first process is not listed: then nothing can be told."""
    listing(tmp_path, 5)
    assert HiddenProcesses(tmp_path).look() == {}


def test_threads_are_not_hidden_processes() -> None:
    """They have numbers and are in nobody's list: on the real /proc none is told."""
    assert HiddenProcesses(Path("/proc")).look() == {}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("36 25 0:31 / /proc/4711 rw - tmpfs tmpfs rw\n", {4711}),
        ("36 25 0:31 / /proc/4711/exe rw - tmpfs tmpfs rw\n", {4711}),
        ("36 25 0:31 / /proc rw - proc proc rw\n36 25 0:31 / /proc/sys rw - proc proc rw\n", set()),
    ],
)
def test_a_process_under_a_mount_is_found(tmp_path: Path, line: str, expected: set[int]) -> None:
    """An empty folder over /proc/PID hides it from tools without any rootkit."""
    (tmp_path / "self").mkdir()
    (tmp_path / "self/mountinfo").write_text(line)
    assert covered_processes(tmp_path) == expected
