"""What processes of the bench's containers use, every ten seconds, as the agent would sample it. Judges nothing."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from pathlib import Path

import msgspec

SECONDS = 10.0
_CONTAINER = re.compile(r"libpod-([0-9a-f]{64})")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """The heaviest process of a program in one container; units as in model.resource_sample."""

    time: int
    container: str
    program: str
    pid: int
    user: int
    cpu: float
    memory: int
    files: int


class Sampler:
    """A thread that looks at /proc."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._before: dict[tuple[int, int], float] = {}  # (pid, start) -> seconds of processor time
        self._at = 0.0

    def start(self) -> None:
        """From now on."""
        self._thread.start()

    def stop(self) -> None:
        """No more."""
        self._stop.set()
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(SECONDS):
            self._look()

    def _look(self) -> None:
        now, seen = time.monotonic(), {}
        heaviest: dict[tuple[str, str], Sample] = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError, IndexError, ValueError):
                match = _CONTAINER.search((entry / "cgroup").read_text())
                if match is None:
                    continue
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                used = (int(fields[11]) + int(fields[12])) / _TICKS
                key = (int(entry.name), int(fields[19]))
                seen[key] = used
                cpu = (used - self._before[key]) / (now - self._at) * 100 if key in self._before else -1.0
                program = os.readlink(entry / "exe").removesuffix(" (deleted)")
                sample = Sample(
                    time.time_ns(), match[1], program, key[0], entry.stat().st_uid, cpu, int(fields[21]) * _PAGE,
                    len(os.listdir(entry / "fd")),
                )  # fmt: skip
                place = (match[1], program)
                other = heaviest.get(place)
                heaviest[place] = sample if other is None or sample.cpu > other.cpu else other
        self.samples.extend(heaviest.values())
        self._before, self._at = seen, now
