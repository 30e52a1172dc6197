"""Processes that were there before the sensor, read from /proc as exec rows, so that process trees are complete."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from periderm.adapters.sensor_ebpf import cgroups
from periderm.formats.bpf_records.interning import StringTable
from periderm.model.event import EVENT_DTYPE, EventFlag, EventKind, Origin, Rows

PROC = "/proc"
MAX_ARGS = 2047
TICK_NS = 10_000_000


def process_key(start_ticks: int, pid: int) -> int:
    """As bpf/process.h makes it: start in hundredths of a second since boot, and the pid."""
    return start_ticks << 22 | pid


def _read(path: str, limit: int = 65536) -> bytes:
    with open(path, "rb") as file:
        return file.read(limit)


def _stat(pid: int) -> tuple[str, int, int, int]:
    """(comm, parent pid, number of the terminal, start in ticks) of /proc/PID/stat, see proc_pid_stat(5)."""
    data = _read(f"{PROC}/{pid}/stat")
    comm = data[data.index(b"(") + 1 : data.rindex(b")")].decode("utf-8", "backslashreplace")
    fields = data[data.rindex(b")") + 2 :].split()
    return comm, int(fields[1]), int(fields[4]), int(fields[19])


class _Status:
    """What /proc/PID/status says of ids and process namespaces."""

    def __init__(self, pid: int) -> None:
        self.uid = self.gid = 0
        self.namespaced: list[int] = []
        self.caps = 0
        for line in _read(f"{PROC}/{pid}/status").splitlines():
            name, _, value = line.partition(b":")
            if name == b"Uid":
                self.uid = int(value.split()[1])
            elif name == b"Gid":
                self.gid = int(value.split()[1])
            elif name == b"NSpid":
                self.namespaced = [int(number) for number in value.split()]
            elif name == b"CapEff":
                self.caps = int(value, 16)


def _cgroup(pid: int, top: str) -> int:
    for line in _read(f"{PROC}/{pid}/cgroup").decode("utf-8", "surrogateescape").splitlines():
        if line.startswith("0::"):
            return os.stat(top + line[3:]).st_ino if top else 0
    return 0


def executable_path(pid: int) -> str:
    """The path of the process's executable as its mount namespace names it, '' where it cannot be read."""
    try:
        path = os.readlink(f"{PROC}/{pid}/exe")
    except OSError:
        return ""
    return path.removesuffix(" (deleted)").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _flags(pid: int, terminal: int) -> int:
    flags = int(EventFlag.FROM_PROC)
    if terminal:
        flags |= EventFlag.TTY
    for number in range(3):
        try:
            if os.readlink(f"{PROC}/{pid}/fd/{number}").startswith("socket:"):
                flags |= EventFlag.STDIO_SOCKET
        except OSError:
            continue
    return flags


def _pipes(pid: int) -> int:
    """Inodes of the pipes on fd 0 (low half) and 1 (high half), as a signed number of 64 bits."""
    found = [0, 0]
    for number in range(2):
        try:
            target = os.readlink(f"{PROC}/{pid}/fd/{number}")
        except OSError:
            continue
        if target.startswith("pipe:["):
            found[number] = int(target[6:-1]) & 0xFFFFFFFF
    return int.from_bytes((found[0] | found[1] << 32).to_bytes(8, "little"), "little", signed=True)


def _executable(pid: int) -> tuple[int, int, int]:
    """(device, inode, flags) of the executable."""
    about = os.stat(f"{PROC}/{pid}/exe")
    flags = 0 if about.st_nlink else int(EventFlag.MEMORY_BACKED)
    if about.st_mode & 0o6000:
        flags |= EventFlag.SETUID_FILE
    return about.st_dev & 0xFFFFFFFF, about.st_ino, flags


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir(PROC) if name.isdigit())


class _Table:
    """Rows under construction."""

    def __init__(self, strings: StringTable) -> None:
        self.strings = strings
        self.top = cgroups.root()
        self.starts: dict[int, int] = {}
        self.depths: dict[int, list[int]] = {}
        self.sessions: set[int] = set()

    def key(self, pid: int) -> int:
        """Key of a process by pid, 0 where it is not known."""
        if pid not in self.starts:
            try:
                self.starts[pid] = _stat(pid)[3]
            except (OSError, ValueError, IndexError):
                return 0
        return process_key(self.starts[pid], pid)

    def row(self, pid: int) -> tuple[object, ...] | None:
        """One row as a tuple in the order of EVENT_DTYPE; None for kernel threads and processes that just ended."""
        try:
            comm, ppid, terminal, ticks = _stat(pid)
            path = executable_path(pid)
            if not path:
                return None
            status = _Status(pid)
            device, inode, more = _executable(pid)
            arguments = _read(f"{PROC}/{pid}/cmdline", MAX_ARGS).rstrip(b"\0").decode("utf-8", "backslashreplace")
            namespace = os.stat(f"{PROC}/{pid}/ns/mnt").st_ino
            cgroup = _cgroup(pid, self.top)
        except (OSError, ValueError, IndexError):
            return None
        self.starts[pid] = ticks
        self.depths[pid] = status.namespaced
        above = self.depths.get(ppid, [0])
        if ppid in self.sessions or (len(status.namespaced) > max(len(above), 1) and status.namespaced[-1] != 1):
            self.sessions.add(pid)
            more |= int(EventFlag.EXEC_SESSION)
        number = self.strings.number(path)
        head = (ticks * TICK_NS, process_key(ticks, pid), self.key(ppid), cgroup, inode, status.caps, _pipes(pid), pid, ppid)
        middle = (status.uid, status.gid, device, namespace, _flags(pid, terminal) | more, 0, 1, 0)
        tail = (number, number, number, self.strings.number(arguments), self.strings.number(comm), 0, 0)
        return (*head, *middle, *tail, int(EventKind.EXEC), int(Origin.PROC))


def existing(strings: StringTable) -> Rows:
    """Exec rows of all processes in the order of their start, `time` on the boot clock, flag FROM_PROC."""
    table = _Table(strings)
    found = [row for pid in sorted(_pids()) if (row := table.row(pid)) is not None]
    rows: Rows = np.array(found, dtype=EVENT_DTYPE)
    return rows[np.argsort(rows["process"], kind="stable")]
