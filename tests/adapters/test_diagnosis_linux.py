"""Facts of this very machine, checked against other ways of asking."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from periderm.adapters.diagnosis_linux import LinuxProbe


def probe(state: Path, port: int = 0) -> LinuxProbe:
    """A probe of this machine."""
    return LinuxProbe(str(state), port or free_port(), Path("/nonexistent.o"))


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_what_the_kernel_says_is_told(tmp_path: Path) -> None:
    """Privilege, release, machine, BTF."""
    facts = probe(tmp_path).facts()
    assert facts.root == (os.geteuid() == 0)
    assert facts.kernel == os.uname().release
    assert facts.architecture == os.uname().machine
    assert facts.btf == Path("/sys/kernel/btf/vmlinux").exists()
    assert facts.bpf_object == ""
    assert facts.modules_missing == ()
    assert facts.os_ids


@pytest.mark.root
def test_root_may_use_bpf_here(tmp_path: Path) -> None:
    """The same machines on which the sensor's own tests run."""
    facts = probe(tmp_path).facts()
    assert facts.bpf == ""
    assert "CAP_SYS_ADMIN" in facts.capabilities or "CAP_BPF" in facts.capabilities
    assert facts.bpffs == ("/sys/fs/bpf bpf" in Path("/proc/mounts").read_text())


def test_a_state_folder_that_is_not_there_yet_is_judged_by_its_parent(tmp_path: Path) -> None:
    """Nothing is made by asking."""
    facts = probe(tmp_path / "a" / "b").facts()
    assert facts.state_writable
    assert facts.disk_free > 0
    assert not (tmp_path / "a").exists()


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """By another program than ours, and free again afterwards."""
    port = free_port()
    assert probe(tmp_path, port).facts().port_state == "free"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert probe(tmp_path, port).facts().port_state in ("taken", "ours")


def test_our_own_processes_are_known(tmp_path: Path) -> None:
    """By their role; this one, and a stranger with a similar name, are not."""
    sleeper = "import time; print('up', flush=True); time.sleep(60)"
    with (
        subprocess.Popen([sys.executable, "-c", sleeper, "x"], stdout=subprocess.PIPE) as stranger,
        subprocess.Popen([sys.executable, "-c", sleeper], stdout=subprocess.PIPE) as plain,
    ):
        script = tmp_path / "periderm"
        script.write_text(sleeper)
        with subprocess.Popen([sys.executable, str(script), "worker"], stdout=subprocess.PIPE) as ours:
            assert ours.stdout is not None
            ours.stdout.readline()
            running = dict(probe(tmp_path).facts().running)
            for process in (stranger, plain, ours):
                process.kill()
    assert running.get(ours.pid) == "worker"
    assert stranger.pid not in running
    assert plain.pid not in running
    assert os.getpid() not in running


@pytest.mark.root
def test_root_may_ask_to_be_asked_here(tmp_path: Path) -> None:
    """fanotify with permission works on this kernel, and asking leaves no descriptor open."""
    before = len(os.listdir("/proc/self/fd"))
    assert LinuxProbe(str(tmp_path), 1, tmp_path / "x.o").facts().fanotify == ""
    assert len(os.listdir("/proc/self/fd")) <= before  # what earlier tests dropped may be closed meanwhile
