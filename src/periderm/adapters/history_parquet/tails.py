"""Logs as they were read, so that who asks again reads only what was added. Bounded; judges nothing."""

from __future__ import annotations

import threading
from pathlib import Path

from periderm.adapters.history_parquet.log import LogRead, LogReader

MOST_ROWS = 400_000  # of all that are remembered together; at 128 bytes, some 50 MiB


class _Tail:
    def __init__(self, path: Path, number: int) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.reader = LogReader(path, number)
        self.rows = 0


class Tails:
    """Any thread may call. The newest logs are remembered longest: they are asked for most and will grow."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[int, _Tail] = {}

    def read(self, path: Path, number: int) -> LogRead:
        """All that is whole in a log, which is remembered. Raises FileNotFoundError."""
        return self._read(path, number, remember=True)

    def glance(self, path: Path, number: int) -> LogRead:
        """The same, by what is remembered if it is; for who needs no more than a look."""
        return self._read(path, number, remember=False)

    def remembered(self) -> tuple[int, ...]:
        """The numbers of the logs."""
        with self._lock:
            return tuple(self._known)

    def _read(self, path: Path, number: int, *, remember: bool) -> LogRead:
        with self._lock:
            tail = self._known.get(number) or _Tail(path, number)
            if remember:
                self._known[number] = tail
        try:
            with tail.lock:
                found = tail.reader.read()
        except FileNotFoundError:
            with self._lock:
                self._known.pop(number, None)
            raise
        with self._lock:
            tail.rows = len(found.batch)
            if found.wrong:
                self._known.pop(number, None)  # whoever mends or sets it aside is seen at once
            if remember:
                self._forget()
        return found

    def _forget(self) -> None:
        """Those whose rows lie in partitions by now, and the oldest until the rest is few enough; the newest stays."""
        for number in [number for number, tail in self._known.items() if not tail.path.exists()]:
            del self._known[number]
        held = sum(tail.rows for tail in self._known.values())
        for number in sorted(self._known)[:-1]:
            if held <= self._most:
                break
            held -= self._known.pop(number).rows
