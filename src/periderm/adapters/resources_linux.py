"""`ports.resources.ResourceLook` over /proc: processor time, memory and open files of all processes. Judges nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from periderm.ports.resources import ProcessUse

MOST_PROCESSES = 4_000
CHILD_SECONDS = 60
_HERTZ = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGESIZE")


class LinuxResources:
    """Remembers the processor time of each process between two looks. `root` is another folder only in tests."""

    def __init__(self, root: str = "/proc") -> None:
        self._root = root
        self._before: dict[int, tuple[int, int]] = {}
        self._names: dict[int, tuple[int, str, int, int]] = {}  # pid: start, program, user, namespace
        self._when = 0.0
        # Since Linux 6.2 the size of the folder is the number of descriptors; before, the folder must be read.
        self._sized = self._size(os.getpid()) > 0

    def look(self, now: float | None = None, uptime: float | None = None) -> Sequence[ProcessUse]:
        """`now`: seconds of a steady clock; `uptime`: seconds since the machine was started."""
        now = time.monotonic() if now is None else now
        uptime = time.clock_gettime(time.CLOCK_BOOTTIME) if uptime is None else uptime
        passed, self._when = now - self._when, now
        seen: dict[int, tuple[int, int]] = {}
        names: dict[int, tuple[int, str, int, int]] = {}
        children: dict[int, int] = {}
        young = int((uptime - CHILD_SECONDS) * _HERTZ)
        found: list[tuple[int, int, int]] = []  # pid, start, resident bytes
        for pid in self._pids():
            told = self._stat(pid)
            if told is None:
                continue
            parent, used, start, pages = told
            seen[pid] = start, used
            if start >= young:
                children[parent] = children.get(parent, 0) + 1
            named = self._names.get(pid)
            # A program may start another one and stay the same process, so the file is asked for each time.
            program = self._program(pid)
            if not program:
                continue
            if named is None or named[0] != start or named[1] != program:
                named = (start, program, *self._owner(pid))
            names[pid] = named
            found.append((pid, start, pages * _PAGE))
        uses = [self._use(each, names, seen, children, passed) for each in found]
        self._before, self._names = seen, names
        return uses

    def _use(
        self,
        each: tuple[int, int, int],
        names: dict[int, tuple[int, str, int, int]],
        seen: dict[int, tuple[int, int]],
        children: dict[int, int],
        passed: float,
    ) -> ProcessUse:
        pid, start, memory = each
        before = self._before.get(pid)
        cpu = -1.0
        if before is not None and before[0] == start and passed > 0:
            cpu = (seen[pid][1] - before[1]) / _HERTZ / passed * 100
        _, program, user, namespace = names[pid]
        return ProcessUse(
            pid=pid,
            key=start << 22 | pid,  # as bpf/process.h makes it
            program=program,
            user=user,
            mount_namespace=namespace,
            cpu=cpu,
            memory=memory,
            files=self._files(pid),
            children=children.get(pid, 0),
        )

    def _pids(self) -> list[int]:
        try:
            return [int(name) for name in os.listdir(self._root) if name.isdecimal()][:MOST_PROCESSES]
        except OSError:
            return []

    def _stat(self, pid: int) -> tuple[int, int, int, int] | None:
        """(parent, user and system time, start, resident pages): fields 4, 14 and 15, 22, 24, counted from the name's end."""
        try:
            with open(f"{self._root}/{pid}/stat", "rb") as file:
                fields = file.read(4096).rpartition(b")")[2].split()
            return int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[19]), int(fields[21])
        except (OSError, ValueError, IndexError):
            return None

    def _program(self, pid: int) -> str:
        """'' of a thread of the kernel, or of a process that ended."""
        try:
            path = os.readlink(f"{self._root}/{pid}/exe").removesuffix(" (deleted)")
        except OSError:
            return ""
        return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

    def _owner(self, pid: int) -> tuple[int, int]:
        """(user, mount namespace)."""
        try:
            return os.stat(f"{self._root}/{pid}").st_uid, os.stat(f"{self._root}/{pid}/ns/mnt").st_ino
        except OSError:
            return 0, 0

    def _size(self, pid: int) -> int:
        try:
            return os.stat(f"{self._root}/{pid}/fd").st_size
        except OSError:
            return -1

    def _files(self, pid: int) -> int:
        if self._sized:
            return self._size(pid)
        try:
            return len(os.listdir(f"{self._root}/{pid}/fd"))
        except OSError:
            return -1
