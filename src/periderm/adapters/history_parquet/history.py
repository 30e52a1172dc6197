"""`ports.history.History` as Parquet partitions and a log in one folder. See the neighbours for how; this only joins them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from periderm.adapters.history_parquet import files, names
from periderm.adapters.history_parquet.keeper import Keeper
from periderm.adapters.history_parquet.limits import DEFAULTS, Limits
from periderm.adapters.history_parquet.reading import Reading
from periderm.adapters.history_parquet.selecting import Selection
from periderm.adapters.history_parquet.sums import read_sums
from periderm.adapters.history_parquet.tails import Tails
from periderm.adapters.history_parquet.writer import Writer, next_number
from periderm.model.event import Event, EventBatch
from periderm.model.event_query import EventQuery, Found, HistoryInfo


class ParquetHistory:
    """`tell` is given a sentence for each thing that was found wrong while reading. Nothing is opened before it is needed."""

    def __init__(self, folder: Path | str, limits: Limits = DEFAULTS, tell: Callable[[str], None] = lambda _: None) -> None:
        self._places = names.Places(Path(folder))
        self._limits = limits
        self._tell = tell
        self._writer = Writer(self._places, limits)
        self._tails = Tails()

    def append(self, batch: EventBatch) -> None:
        """See the port."""
        self._writer.append(batch)

    def flush(self) -> None:
        """See the port. Raises HistoryError; what could not be written is dropped and counted."""
        self._writer.flush()

    def dropped(self) -> int:
        """Rows that this writer could not keep."""
        return self._writer.dropped

    def maintain(self, now: int) -> None:
        """See the port."""
        with files.said("be kept in order"):
            Keeper(self._places, self._limits, now).run()

    def rows(self, query: EventQuery) -> Iterator[Found]:
        """See the port."""
        left = max(query.limit, 0)
        reading = Reading(self._places, Selection(query), self._tails)
        try:
            for part in reading.slices(newest=query.newest, limit=left):
                indices = range(len(part.batch))
                for index in reversed(indices) if query.newest else indices:
                    yield Found(int(part.numbers[index]), part.batch.event(index))
                    left -= 1
                    if left == 0:
                        return
        finally:
            reading.close()
            self._say(reading)

    def query(self, query: EventQuery) -> Iterator[Event]:
        """See the port."""
        for found in self.rows(query):
            yield found.event

    def batches(self, query: EventQuery) -> Iterator[EventBatch]:
        """See the port."""
        import msgspec

        whole = msgspec.structs.replace(query, limit=0, newest=False, before="")
        reading = Reading(self._places, Selection(whole), self._tails)
        try:
            for part in reading.slices(newest=False, limit=0):
                yield part.batch
        finally:
            reading.close()
            self._say(reading)

    def last(self) -> int:
        """See the port."""
        with files.said("be looked at"):
            return last_number(self._places, self._tails)

    def info(self) -> HistoryInfo:
        """See the port."""
        with files.said("be looked at"):
            return self._info()

    def close(self) -> None:
        """Flushes and lets go."""
        self._writer.close()

    def _say(self, reading: Reading) -> None:
        for note in reading.notes:
            self._tell(note)

    def _info(self) -> HistoryInfo:
        places = self._places
        waiting = 0
        first: list[int] = []
        last: list[int] = []
        logs = names.logs(places)
        size = sum(map(files.size_of, logs.values()))
        for number, path in logs.items():
            try:
                span = self._tails.span(path, number)
            except FileNotFoundError:
                continue
            if span.rows:
                waiting += span.rows
                first.append(span.first)
                last.append(span.last)
        good, superseded = names.counting(names.parts(places), logs)
        by_kind = dict.fromkeys(names.GROUPS, 0)
        for part in good:
            by_kind[part.group] += part.rows
            first.append(part.first)
            last.append(part.last)
        damaged = [places.damaged / n for n in os.listdir(places.damaged)] if places.damaged.is_dir() else []
        sums = read_sums(places)
        return HistoryInfo(
            rows=sum(by_kind.values()) + waiting,
            size=size + sum(files.size_of(p.path) for p in (*good, *superseded)) + sum(map(files.size_of, damaged)),
            quota=self._limits.quota,
            oldest=min(first, default=0),
            newest=max(last, default=0),
            files=len(good) + len(logs),
            dropped_rows=sums.dropped_rows,
            by_kind={name: rows for name, rows in by_kind.items() if rows},
            waiting_rows=waiting,
            expired_rows=sums.expired_rows,
            days=self._limits.days,
            damaged=len(damaged),
            maintained=sums.maintained,
            notes=sums.notes,
        )


def last_number(places: names.Places, tails: Tails) -> int:
    """The number of the last whole row of the newest log; without a log, the end of what was partitioned."""
    for number, path in reversed(names.logs(places).items()):
        try:
            rows = tails.span(path, number).rows
        except FileNotFoundError:
            continue
        return (number << names.ROW_BITS) + rows - 1
    return (next_number(places) << names.ROW_BITS) - 1
