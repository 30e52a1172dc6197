"""Processes from /proc as rows."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf.existing import executable_path, existing, process_key
from periderm.formats.bpf_records.interning import StringTable
from periderm.model.event import EventBatch, EventFlag, EventKind, Origin
from tests.adapters.sensor_ebpf.watching import NODE


def test_this_process_is_among_them() -> None:
    """With its program, its arguments and its parent; kernel threads are not."""
    table = StringTable()
    batch = EventBatch(existing(table), table.strings, [NODE])
    events = {event.pid: event for event in (batch.event(index) for index in range(len(batch)))}
    mine = events[os.getpid()]
    assert (mine.kind, mine.origin) == (EventKind.EXEC, Origin.PROC)
    assert mine.exe == os.path.realpath(sys.executable)
    assert mine.text == mine.exe
    assert mine.uid == os.geteuid()
    assert mine.inode == os.stat(mine.exe).st_ino
    assert mine.parent == (events[os.getppid()].process if os.getppid() in events else mine.parent)
    assert all(event.exe and event.has(EventFlag.FROM_PROC) for event in events.values())


def test_parents_come_before_children() -> None:
    """Rows are in the order of their start."""
    child = subprocess.Popen(["sleep", "60"])
    try:
        table = StringTable()
        rows = existing(table)
        assert rows["pid"].tolist().index(os.getpid()) < rows["pid"].tolist().index(child.pid)
    finally:
        child.kill()
        child.wait()


def test_a_socket_as_stdin_is_marked() -> None:
    """Also for processes that were there before."""
    one, other = socket.socketpair()
    with one, other:
        child = subprocess.Popen(["sleep", "60"], stdin=one)
        try:
            table = StringTable()
            rows = existing(table)
            flags = int(rows["flags"][rows["pid"].tolist().index(child.pid)])
            assert flags & EventFlag.STDIO_SOCKET
        finally:
            child.kill()
            child.wait()


def test_a_deleted_program_is_memory_backed(tmp_path: Path) -> None:
    """Its path is told without the kernel's remark."""
    program = tmp_path / "gone"
    program.write_bytes(Path("/bin/sleep").read_bytes())
    program.chmod(0o755)
    child = subprocess.Popen([str(program), "60"])
    try:
        program.unlink()
        assert executable_path(child.pid) == str(program)
        table = StringTable()
        rows = existing(table)
        assert int(rows["flags"][rows["pid"].tolist().index(child.pid)]) & EventFlag.MEMORY_BACKED
    finally:
        child.kill()
        child.wait()
    assert executable_path(child.pid) == ""


@pytest.mark.parametrize(("ticks", "pid"), [(0, 1), (1 << 40, 4_194_303)])
def test_keys_fit_in_a_signed_number(ticks: int, pid: int) -> None:
    """A store may hold them as a 64-bit integer with a sign."""
    assert 0 < process_key(ticks, pid) < 1 << 63
