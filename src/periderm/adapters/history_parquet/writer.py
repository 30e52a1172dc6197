"""The writing end of the history: rows are gathered, and made durable at each `flush`. It never makes a partition.

It stops before the disk is full or when the log has grown over its share, and counts what it could not keep.
"""

from __future__ import annotations

import contextlib
import os
import time

from periderm.adapters.history_parquet import files, names
from periderm.adapters.history_parquet.limits import Limits
from periderm.adapters.history_parquet.log import LogFile
from periderm.adapters.history_parquet.sums import read_sums
from periderm.model.errors import HistoryError
from periderm.model.event import EventBatch

LOG_SECONDS = 300.0
LOOK_EVERY = 30  # flushes between two looks at the room that is left
MOST_GATHERED = names.MOST_LOG_ROWS


class Writer:
    """One process and one thread use it. Nothing is opened before the first row."""

    def __init__(self, places: names.Places, limits: Limits) -> None:
        self._places = places
        self._limits = limits
        self._lock: int | None = None
        self._next = 0
        self._log: LogFile | None = None
        self._opened = 0.0
        self._gathered: list[EventBatch] = []
        self._rows = 0
        self._flushes = 0
        self._full = False
        self._written = 0
        self._allowed = 0
        self.dropped = 0

    def append(self, batch: EventBatch) -> None:
        """Takes the rows; what is more than one log can hold between two flushes is dropped."""
        if self._rows + len(batch) > MOST_GATHERED:
            self.dropped += len(batch)
        elif len(batch):
            self._gathered.append(batch)
            self._rows += len(batch)

    def flush(self) -> None:
        """Makes durable what was gathered. Raises HistoryError; what was gathered is then dropped and counted."""
        gathered, rows = self._gathered, self._rows
        self._gathered, self._rows = [], 0
        try:
            if self._log is not None and self._is_full(self._log, rows):
                self._finish()
            if not gathered:
                return
            if self._no_room():
                self.dropped += rows
                return
            if self._log is None:
                self._open()
            assert self._log is not None  # noqa: S101 -- for mypy: _open has set it
            before = self._log.size
            self._log.write(gathered)
            self._written += self._log.size - before
        except (OSError, HistoryError) as error:
            self.dropped += rows
            self._abandon()
            raise error if isinstance(error, HistoryError) else files.failure("be written", error) from error

    def close(self) -> None:
        """Flushes, ends the log and lets others write."""
        try:
            self.flush()
            self._finish()
        finally:
            self._abandon()
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def _open(self) -> None:
        if self._lock is None:
            for folder in (self._places.root, self._places.log):
                files.make_folder(folder)
            self._lock = files.lock(self._places.root / "writer.lock")
            if self._lock is None:
                raise HistoryError(
                    f"Another process writes the history in {self._places.root}.",
                    "Only one agent can use a state folder: stop the other, or name another folder with --state.",
                )
            self._next = next_number(self._places)
        self._log = LogFile(self._places.log / names.log_name(self._next), self._next)
        self._next += 1
        self._opened = time.monotonic()

    def _is_full(self, log: LogFile, rows: int) -> bool:
        large = log.size > self._limits.largest_log(self._places.root)
        return large or log.rows + rows > names.MOST_LOG_ROWS or time.monotonic() - self._opened > LOG_SECONDS

    def _finish(self) -> None:
        log, self._log = self._log, None
        if log is not None:
            log.close()

    def _abandon(self) -> None:
        """After an error: what is whole in the log stays, another is opened next."""
        with contextlib.suppress(OSError):
            self._finish()

    def _no_room(self) -> bool:
        """Whether the disk is too full, or so much waits for a partition that something must be wrong with that."""
        self._flushes += 1
        if self._full or self._flushes % LOOK_EVERY == 1 or self._written > self._allowed:
            place = self._places.root
            if not place.exists():
                return False
            waiting = sum(map(files.size_of, names.logs(self._places).values()))
            room = min(files.free_bytes(place)[0] - self._limits.stop_below(place), self._limits.most_waiting(place) - waiting)
            # Looked at again when half of the room may be used, and now and then since others write too.
            self._full, self._allowed, self._written = room <= 0, room // 2, 0
        return self._full


def next_number(places: names.Places) -> int:
    """A number that no log or partition has had."""
    used = [read_sums(places).last, *names.logs(places), *(part.high for part in names.parts(places))]
    return max(used) + 1
