"""Trees of processes: who belongs to one, and that nobody of it is left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.responder_linux.processes import Processes, Row, kin, parse_stat
from periderm.adapters.responder_linux.responder import LinuxResponder
from periderm.model.effect import KillTree
from periderm.model.errors import ResponderError
from tests import busy

Common = Callable[[str], dict[str, Any]]
FORKING = "import os,time\nfor depth in range(3):\n    for _ in range(2): os.fork()\nwhile True: time.sleep(1)\n"


@given(st.binary(max_size=200))
def test_any_stat_is_read_or_refused(data: bytes) -> None:
    """No content of /proc makes it fail."""
    parse_stat(data)


def test_the_name_in_stat_may_hold_anything() -> None:
    """Also what looks like the fields after it."""
    line = b"77 (a) R 1 2 3) S 5 6 7 0 -1 64 0 0 0 0 0 0 0 0 20 0 1 0 9999 0"
    assert parse_stat(line) == Row(parent=5, session=7, flags=64, start=9999)


@given(
    st.dictionaries(st.integers(1, 40), st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=40),
    st.sets(st.integers(1, 40), max_size=3),
    st.sets(st.integers(1, 40), max_size=8),
    st.booleans(),
)
def test_spared_processes_are_never_kin(
    table: dict[int, tuple[int, int]], roots: set[int], spared: set[int], sessions: bool
) -> None:
    """Whatever the machine looks like, also with circles in it."""
    rows = {pid: Row(parent, session, 0, 1) for pid, (parent, session) in table.items()}
    found = kin(rows, roots, spared, sessions=sessions)
    assert not found & spared
    assert roots - spared <= found


def test_descendants_are_found_through_all_generations() -> None:
    """And a session's other members where sessions count."""
    rows = {2: Row(1, 2, 0, 1), 3: Row(2, 2, 0, 1), 4: Row(3, 4, 0, 1), 5: Row(1, 2, 0, 1), 6: Row(1, 6, 0, 1)}
    assert kin(rows, {2}, set(), sessions=False) == {2, 3, 4}
    assert kin(rows, {2}, set(), sessions=True) == {2, 3, 4, 5}
    assert kin(rows, {2}, {3}, sessions=False) == {2}


def test_a_tree_on_the_host_dies_whole() -> None:
    """64 processes of three generations of forks."""
    processes = Processes(LinuxProc(), lambda target: target.pid in (1, os.getpid()))
    with subprocess.Popen([sys.executable, "-c", FORKING], start_new_session=True) as root:
        assert busy.until(lambda: len(group(root.pid)) == 64)
        target = processes.target(root.pid)
        assert target is not None
        killed, spared = processes.kill_tree(root.pid, target.started, sessions=False)
        assert (killed, spared) == (64, 0)
        assert root.wait(10) == -9
        assert busy.until(lambda: not group(root.pid))
        assert processes.kill_tree(root.pid, target.started, sessions=False) == (0, 0)


def test_who_is_spared_lives_and_so_does_what_it_leads_to() -> None:
    """A guarded descendant is left alone with its children."""
    code = "import subprocess,sys; subprocess.run([sys.executable,'-c','import time; time.sleep(60)'])"
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as root:
        assert busy.until(lambda: len(group(root.pid)) == 2)
        child = next(pid for pid in group(root.pid) if pid != root.pid)
        processes = Processes(LinuxProc(), lambda target: target.pid == child)
        target = processes.target(root.pid)
        assert target is not None
        assert processes.kill_tree(root.pid, target.started, sessions=False) == (1, 1)
        assert root.wait(10) == -9
        assert Path(f"/proc/{child}").exists()
        os.kill(child, 9)


def test_a_reused_pid_is_refused() -> None:
    """A tree is only that of the process that was seen."""
    processes = Processes(LinuxProc(), lambda _: False)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as one:
        target = processes.target(one.pid)
        assert target is not None
        with pytest.raises(ResponderError, match="started later"):
            processes.kill_tree(one.pid, target.started - 60 * 10**9, sessions=False)
        assert one.poll() is None
        one.kill()


def test_a_kernel_thread_is_told() -> None:
    """Where there is one to be seen."""
    target = Processes(LinuxProc(), lambda _: False).target(2)
    if target is None or target.executable:
        pytest.skip("no kernel threads are seen here")
    assert target.kernel_thread


def words(pid: int) -> bytes:
    """A process's arguments; b'' if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def group(leader: int) -> list[int]:
    """Processes of a session that run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                data = (entry / "stat").read_bytes()
            except OSError:
                continue
            row = parse_stat(data)
            if row is not None and row.session == leader and data.rpartition(b")")[2].split()[0] != b"Z":
                found.append(int(entry.name))
    return found


@pytest.mark.root
@pytest.mark.container
def test_a_fork_storm_in_a_container_dies_whole(responder: LinuxResponder, busy_container: busy.Busy, common: Common) -> None:
    """Children are born all the time, some leave their parents; afterwards only the container's first process is left."""
    born = "(sleep 300 &) ; sleep 300 & (sleep 0.01; sleep 300 &) & sleep 0.01"
    script = f"storm() {{ while true; do {born}; done; }}; storm & storm"
    busy_container.start(script)
    container = busy_container.container
    members = Path(f"/sys/fs/cgroup/unified{container.cgroup_path}/cgroup.procs")
    if not members.exists():
        members = Path(f"/sys/fs/cgroup{container.cgroup_path}/cgroup.procs")

    def pids() -> list[int]:
        return [int(word) for word in members.read_text().split()]

    assert busy.until(lambda: len(pids()) > 60)
    shells = [pid for pid in pids() if b"storm" in words(pid)]
    processes = Processes(LinuxProc(), lambda _: False)
    targets = [t for pid in shells if (t := processes.target(pid)) is not None]
    root = min(targets, key=lambda t: (t.started, t.pid))
    effect = KillTree(
        **common("eff-tree"),
        process_key=1,
        pid=root.pid,
        started=root.started,
        container_id=busy_container.id,
    )
    assert "processes were killed" in responder.kill_tree(effect).en
    assert busy.until(lambda: pids() == [container.pid])
