"""What every responder promises, on real processes and a real container."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from periderm.adapters.containers_podman import PodmanContainers, PodmanStorage
from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.records_local import LocalRecords
from periderm.adapters.responder_linux.responder import LinuxResponder
from periderm.model.asset import Container
from periderm.model.effect import KillProcess, PauseContainer, ResumeContainer
from periderm.model.errors import ResponderError
from periderm.model.text import Text
from periderm.ports.responder import Responder
from tests.ports.tiny import ROOT, RUN, TinyContainer, podman

WHY = Text("test", "测试")
COMMON = {"node_id": "n", "asset_id": "a", "reason": WHY, "blast_radius": WHY, "decided_by": "user:test", "decided_at": 1}


def find(container_id: str) -> Container | None:
    """The running container with a runtime's id."""
    runtime = PodmanContainers("n", LinuxProc(), LocalRecords(), [PodmanStorage(ROOT, RUN)])
    return next((c for c in runtime.containers() if c.container_id == container_id), None)


@pytest.fixture
def responder() -> Responder:
    """The plug under test."""
    return LinuxResponder(LinuxProc(), find)


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours that does nothing."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100000)"]) as process:
        yield process
        process.kill()


def kill(pid: int, started: int) -> KillProcess:
    """The effect."""
    return KillProcess(id="e", process_key=1, pid=pid, started=started, **COMMON)  # type: ignore[arg-type]


def pause(container_id: str) -> PauseContainer:
    """The effect."""
    return PauseContainer(id="e", container_id=container_id, runtime="podman", **COMMON)  # type: ignore[arg-type]


def resume(container_id: str) -> ResumeContainer:
    """The effect."""
    return ResumeContainer(id="e", container_id=container_id, runtime="podman", undoes="e", **COMMON)  # type: ignore[arg-type]


def started(pid: int) -> int:
    """When a process started."""
    facts = LinuxProc().facts(pid)
    assert facts is not None
    return facts.started


def test_the_process_that_was_seen_is_killed(responder: Responder, victim: subprocess.Popen[bytes]) -> None:
    """Killed by SIGKILL; asking again is as asking once."""
    effect = kill(victim.pid, started(victim.pid))
    responder.kill_process(effect)
    assert victim.wait(30) == -9
    responder.kill_process(effect)


def test_a_reused_pid_is_never_hit(responder: Responder, victim: subprocess.Popen[bytes]) -> None:
    """A process that started after the one that was seen is another one."""
    with pytest.raises(ResponderError, match="started later"):
        responder.kill_process(kill(victim.pid, started(victim.pid) - 60_000_000_000))
    assert victim.poll() is None


def test_a_process_without_a_start_time_is_not_killed(responder: Responder, victim: subprocess.Popen[bytes]) -> None:
    """Better no action than one on the wrong process."""
    with pytest.raises(ResponderError, match="start time"):
        responder.kill_process(kill(victim.pid, 0))
    assert victim.poll() is None


@pytest.mark.parametrize("pid", [-1, 0, 1, None])
def test_the_machine_and_ourselves_are_never_killed(responder: Responder, pid: int | None) -> None:
    """Pids that mean the first process, a group, everything, or us."""
    with pytest.raises(ResponderError, match="never killed"):
        responder.kill_process(kill(os.getpid() if pid is None else pid, time.time_ns()))


@pytest.mark.container
def test_a_paused_container_stands_still_until_it_is_resumed(responder: Responder, tiny_container: TinyContainer) -> None:
    """Its heartbeat stops growing and grows again; doing either twice is as doing it once."""
    beat = tiny_container.beat

    def size() -> int:
        return beat.stat().st_size if beat.exists() else 0

    def grows() -> bool:
        before = size()
        time.sleep(0.3)
        return size() > before

    assert until(grows)
    responder.pause_container(pause(tiny_container.id))
    responder.pause_container(pause(tiny_container.id))
    assert not grows()
    responder.resume_container(resume(tiny_container.id))
    responder.resume_container(resume(tiny_container.id))
    assert until(grows)


@pytest.mark.container
def test_a_container_that_ended_cannot_be_paused(responder: Responder, tiny_container: TinyContainer) -> None:
    """The reason is told."""
    podman("kill", "--signal=KILL", tiny_container.name)
    podman("wait", tiny_container.name)
    with pytest.raises(ResponderError, match="does not run"):
        responder.pause_container(pause(tiny_container.id))


def test_a_process_in_a_shared_cgroup_is_not_paused_with_its_neighbours(tmp_path: Path) -> None:
    """If the container's cgroup is not its own (rootless without delegation), freezing it would freeze others."""
    mine = Container(id="c", name="c", container_id="f" * 64, runtime="podman", node_id="n", pid=os.getpid(), running=True)
    responder = LinuxResponder(LinuxProc(), lambda _: mine)
    with pytest.raises(ResponderError):
        responder.pause_container(pause("f" * 64))


def until(true: Callable[[], bool]) -> bool:
    """Whether it becomes true within a while."""
    end = time.monotonic() + 90
    while not true():
        if time.monotonic() > end:
            return False
    return True
