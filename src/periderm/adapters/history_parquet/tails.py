"""Logs as they were read, so that who asks again reads only what was added; and what times they hold, so that who asks for
others reads none. Bounded; judges nothing."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import NamedTuple

from periderm.adapters.history_parquet.log import LogRead, LogReader

MOST_SPANS = 10_000
MOST_ROWS = 400_000  # of all that are remembered together; at 128 bytes, some 50 MiB


class Span(NamedTuple):
    """How many rows a log of so many bytes holds, and the first and last of their times (Unix nanoseconds; 0 without rows)."""

    size: int
    rows: int
    first: int
    last: int


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
        self._spans: dict[int, Span] = {}

    def read(self, path: Path, number: int) -> LogRead:
        """All that is whole in a log, which is remembered. Raises FileNotFoundError."""
        return self._read(path, number, remember=True)[0]

    def span(self, path: Path, number: int) -> Span:
        """What it holds, read only if it is not known or has grown. Raises FileNotFoundError."""
        return self.known_span(path, number) or self._read(path, number, remember=False)[1]

    def known_span(self, path: Path, number: int) -> Span | None:
        """The same if it was read as it is now. Raises FileNotFoundError."""
        known = self._spans.get(number)
        return known if known is not None and known.size == os.stat(path).st_size else None

    def remembered(self) -> tuple[int, ...]:
        """The numbers of the logs."""
        with self._lock:
            return tuple(self._known)

    def _read(self, path: Path, number: int, *, remember: bool) -> tuple[LogRead, Span]:
        with self._lock:
            tail = self._known.get(number) or _Tail(path, number)
            if remember:
                self._known[number] = tail
        try:
            size = os.stat(path).st_size  # before it is read: what is written meanwhile is told apart by its size
            with tail.lock:
                found = tail.reader.read()
        except FileNotFoundError:
            with self._lock:
                self._known.pop(number, None)
                self._spans.pop(number, None)
            raise
        times = found.batch.rows["time"]
        span = Span(size, len(times), int(times.min()), int(times.max())) if len(times) else Span(size, 0, 0, 0)
        with self._lock:
            if not found.wrong:
                self._spans[number] = span
            if len(self._spans) > MOST_SPANS:
                del self._spans[min(self._spans)]
            tail.rows = len(found.batch)
            if found.wrong:
                self._known.pop(number, None)  # whoever mends or sets it aside is seen at once
            if remember:
                self._forget()
        return found, span

    def _forget(self) -> None:
        """Those whose rows lie in partitions by now, and the oldest until the rest is few enough; the newest stays."""
        for number in [number for number, tail in self._known.items() if not tail.path.exists()]:
            del self._known[number]
        held = sum(tail.rows for tail in self._known.values())
        for number in sorted(self._known)[:-1]:
            if held <= self._most:
                break
            held -= self._known.pop(number).rows
