"""Which processes used more than nine tenths of a core since the last look, from /proc/PID/stat. Judges nothing."""

from __future__ import annotations

import os
import time

from periderm.ports.host_state import BusyProcess

MOST_PROCESSES = 20_000
MOST_BUSY = 256
BUSY_PERCENT = 90
SHORTEST_SECONDS = 30.0  # a shorter time is a spike
_HERTZ = os.sysconf("SC_CLK_TCK")


class ProcessorUse:
    """Remembers the processor time of each process between two looks. `root` is another folder only in tests."""

    def __init__(self, root: str = "/proc") -> None:
        self._root = root
        self._before: dict[int, tuple[int, int]] = {}
        self._when = 0.0

    def busy(self, now: float | None = None) -> tuple[BusyProcess, ...]:
        """Since the call before; () for the first one. `now` is seconds of a steady clock. A call that comes too early
        changes nothing."""
        now = time.monotonic() if now is None else now
        passed = now - self._when
        if self._before and passed < SHORTEST_SECONDS:
            return ()
        times: dict[int, tuple[int, int]] = {}
        found: list[BusyProcess] = []
        for pid in self._pids():
            told = self._times(pid)
            if told is None:
                continue
            times[pid] = told
            before = self._before.get(pid)
            if before is None or before[0] != told[0] or passed <= 0:
                continue
            percent = round((told[1] - before[1]) / _HERTZ / passed * 100)
            if percent >= BUSY_PERCENT and len(found) < MOST_BUSY:
                found.append(self._process(pid, told[0], percent, round(passed)))
        self._before, self._when = times, now
        return tuple(found)

    def _pids(self) -> list[int]:
        try:
            return [int(name) for name in os.listdir(self._root) if name.isdecimal()][:MOST_PROCESSES]
        except OSError:
            return []

    def _times(self, pid: int) -> tuple[int, int] | None:
        """(start, user and system time) in ticks: fields 22, 14 and 15, counted from the end of the name."""
        try:
            with open(f"{self._root}/{pid}/stat", "rb") as file:
                fields = file.read(4096).rpartition(b")")[2].split()
            return int(fields[19]), int(fields[11]) + int(fields[12])
        except (OSError, ValueError, IndexError):
            return None

    def _process(self, pid: int, started: int, percent: int, seconds: int) -> BusyProcess:
        place = f"{self._root}/{pid}"
        try:
            uid = os.stat(place).st_uid
        except OSError:
            uid = 0
        try:
            namespace = os.stat(f"{place}/ns/mnt").st_ino
        except OSError:
            namespace = 0
        try:
            executable = os.readlink(f"{place}/exe")
        except OSError:
            executable = ""  # a thread of the kernel, or it ended
        return BusyProcess(
            key=started << 22 | pid,  # as bpf/process.h makes it
            pid=pid,
            percent=percent,
            seconds=seconds,
            uid=uid,
            executable=executable.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
            mount_namespace=namespace,
        )
