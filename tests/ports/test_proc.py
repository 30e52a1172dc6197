"""What `ports.proc` promises: facts of real processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from periderm.adapters.proc_linux import LinuxProc
from periderm.ports.proc import Proc
from tests.ports.tiny import TinyContainer, podman


@pytest.fixture
def proc() -> Proc:
    """The plug under test."""
    return LinuxProc()


def test_our_own_facts_are_true(proc: Proc) -> None:
    """Namespace, owner and start, as this process knows them itself."""
    facts = proc.facts(os.getpid())
    assert facts is not None
    assert facts.mount_namespace == Path("/proc/self/ns/mnt").stat().st_ino == proc.host_namespace()
    assert facts.container_id == ""
    assert os.getuid() in facts.owners or 0 in facts.owners


def test_a_start_time_lies_between_before_and_after(proc: Proc) -> None:
    """To the kernel's tick, and the same however often and by whomever it is asked."""
    before = time.time_ns()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as child:
        after = time.time_ns()
        facts = proc.facts(child.pid)
        again = LinuxProc().facts(child.pid)
        child.kill()
    assert facts is not None
    assert again is not None
    assert before - 20_000_000 <= facts.started <= after + 20_000_000
    assert abs(facts.started - again.started) <= 2_000_000


def test_what_is_gone_has_no_facts(proc: Proc) -> None:
    """No error for a race that is lost every day."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait(180)
    assert proc.facts(child.pid) is None
    assert proc.facts(2**22 + 1) is None


@pytest.mark.container
def test_a_containers_process_names_its_container(proc: Proc, tiny_container: TinyContainer) -> None:
    """By its cgroup path alone."""
    facts = proc.facts(int(podman("inspect", "--format", "{{.State.Pid}}", tiny_container.name)))
    assert facts is not None
    assert (facts.runtime, facts.container_id) == ("podman", tiny_container.id)
    assert facts.mount_namespace != proc.host_namespace()
    assert facts.overlay_upper.startswith("/var/lib/containers/")


def test_files_in_use(proc: Proc, tmp_path: Path) -> None:
    """This process maps its interpreter, and an open archive counts; other namespaces are not told."""
    with (tmp_path / "a.jar").open("wb"), (tmp_path / "notes.txt").open("wb"):
        used = proc.in_use({proc.host_namespace()})
    assert set(used) == {proc.host_namespace()}
    files = used[proc.host_namespace()]
    assert os.path.realpath(sys.executable)[1:] in files
    assert str(tmp_path / "a.jar")[1:] in files
    assert str(tmp_path / "notes.txt")[1:] not in files
    assert proc.in_use({1}) == {}
