"""Keeping history beside watching: rows are made durable on a thread of their own, and files put in order by a short-lived
process, so that detection waits for neither a disk nor a database. What cannot be kept is counted, never waited for.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Mapping, Sequence

from periderm.model.errors import ConnectError, HistoryError
from periderm.model.event import EventBatch
from periderm.ports.clock import Clock
from periderm.ports.history import History
from periderm.ports.processes import Child, Processes

FLUSH_SECONDS = 1.0
MOST_WAITING = 100_000  # rows between two flushes; at 128 bytes, what a stopped disk may cost in memory
FIRST_NS = 30 * 10**9
PERIOD_NS = 300 * 10**9
SOONEST_NS = 20 * 10**9
MANY_ROWS = 100_000  # so many new rows are put in order before the period is over
LONGEST_NS = 900 * 10**9
STOP_SECONDS = 5.0


@dataclasses.dataclass(frozen=True, slots=True)
class Keeping:
    """How the process that puts files in order is started: `python -m periderm ROLE ARGUMENTS`."""

    processes: Processes
    log: str
    role: str = "events"
    arguments: Sequence[str] = ("keep",)
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Remembering:
    """`keep` may be called by the watching thread, `counts` by any; one thread runs `run`."""

    def __init__(self, history: History, clock: Clock, keeping: Keeping | None = None) -> None:
        self._history = history
        self._clock = clock
        self._keeping = keeping
        self._waiting: queue.SimpleQueue[EventBatch] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._rows_waiting = 0
        self._overrun = 0
        self._new_rows = 0
        self._child: Child | None = None
        self._started = 0
        self._next = clock.monotonic() + FIRST_NS
        self._failures = 0
        self._shortened = 0
        self._shortened_before = -1
        self.problem = ""

    def keep(self, batch: EventBatch) -> None:
        """Takes the rows, or counts them where the disk does not keep up. Never waits."""
        with self._lock:
            if self._rows_waiting + len(batch) > MOST_WAITING:
                self._overrun += len(batch)
                return
            self._rows_waiting += len(batch)
        self._waiting.put(batch)

    def counts(self) -> dict[str, int]:
        """Rows that were not written, rows dropped early for want of room, runs of the keeping process that failed."""
        unwritten = self._overrun + self._history.dropped()
        return {
            "history-unwritten": unwritten,
            "history-shortened": max(0, self._shortened - self._shortened_before),
            "history-unkept": self._failures,
        }

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; what was taken before is durable when this returns."""
        self._look()
        while not stop.wait(FLUSH_SECONDS):
            self.step()
        self.step()
        if self._child is not None:
            self._child.terminate()
            if self._child.wait(STOP_SECONDS) is None:
                self._child.kill()
        try:
            self._history.close()
        except HistoryError as error:
            self.problem = str(error)

    def step(self) -> None:
        """Makes durable what waits, and sees to the files."""
        self._write()
        self._look_after()

    def _look(self) -> None:
        """What was dropped before this process began was told by the one before."""
        try:
            self._shortened = self._history.info().dropped_rows
        except HistoryError as error:
            self.problem = str(error)
        if self._shortened_before < 0:
            self._shortened_before = self._shortened

    def _write(self) -> None:
        while True:
            try:
                batch = self._waiting.get_nowait()
            except queue.Empty:
                break
            with self._lock:
                self._rows_waiting -= len(batch)
            self._new_rows += len(batch)
            self._history.append(batch)
        try:
            self._history.flush()
            self.problem = ""
        except HistoryError as error:
            self.problem = str(error)

    def _look_after(self) -> None:
        now = self._clock.monotonic()
        if self._child is not None:
            status = self._child.poll()
            if status is None:
                if now - self._started > LONGEST_NS:
                    self._child.kill()
                return
            self._child = None
            self._failures += status != 0
            self._look()
        early = self._new_rows >= MANY_ROWS and now - self._started >= SOONEST_NS
        if self._keeping is None or not (now >= self._next or early):
            return
        self._started, self._next, self._new_rows = now, now + PERIOD_NS, 0
        how = self._keeping
        try:
            self._child = how.processes.start(how.role, how.arguments, how.environment, how.log)
        except ConnectError:
            self._failures += 1
