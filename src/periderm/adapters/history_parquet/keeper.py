"""Keeps the files of a history in order: logs become partitions, small partitions become large ones, damaged files are set
aside, and what is over age or quota goes. It runs in a process of its own; one at a time does it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from periderm.adapters.history_parquet import files, names, partition
from periderm.adapters.history_parquet.database import database
from periderm.adapters.history_parquet.limits import Limits
from periderm.adapters.history_parquet.log import TEXTS, LogRead, read_log
from periderm.adapters.history_parquet.retention import Retention
from periderm.adapters.history_parquet.sums import Sums, read_sums, write_sums
from periderm.model.errors import HistoryError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEW = 8  # so many partitions of one hour and group are merged while the hour lasts
SETTLED_NS = 600 * 10**9  # an hour that ended so long ago gets no more rows
MOST_MERGED_ROWS = 2_000_000
MOST_MERGED_BYTES = 128 << 20
MOST_CHARACTERS = 64 << 20  # of one partition's texts: they are held in memory while it is written
MEMORY_MIB = 512


class Keeper:
    """`now` is Unix nanoseconds. Raises HistoryError if the folder cannot be used; a bad file alone raises nothing."""

    def __init__(self, places: names.Places, limits: Limits, now: int) -> None:
        self._places = places
        self._limits = limits
        self._now = now
        self._sums = Sums()

    def run(self) -> bool:
        """All of it, once; False if another process is at it."""
        if not self._places.root.is_dir():
            return True
        with files.said("be kept in order"):
            held = files.lock(self._places.root / "keeper.lock")
            if held is None:
                return False
            try:
                self._sums = read_sums(self._places)
                self._clean()
                self._retain()
                try:
                    with database(self._places, threads=1, memory_mib=MEMORY_MIB) as opened:
                        self._partition(opened)
                        self._compact(opened)
                finally:
                    self._retain()
                    write_sums(self._places, msgspec.structs.replace(self._sums, maintained=self._now))
            finally:
                os.close(held)
        return True

    def _note(self, what: str) -> None:
        self._sums = msgspec.structs.replace(self._sums, notes=(*self._sums.notes, what))

    def _clean(self) -> None:
        """What an interrupted run left, and what was compacted the last time: readers that began then are done."""
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self._places.work):
                (self._places.work / name).unlink(missing_ok=True)
        _, superseded = names.counting(names.parts(self._places), names.logs(self._places))
        for part in superseded:
            Path(part.path).unlink(missing_ok=True)

    def _retain(self) -> None:
        self._sums = Retention(self._places, self._limits, self._now).run(self._sums)

    # --- logs become partitions ---

    def _partition(self, opened: DuckDBPyConnection) -> None:
        """In their order, since a partition's name says which logs it is of. The newest only if nobody writes to it."""
        waiting = names.logs(self._places)
        with self._unwritten() as all_ended:
            for number, path in waiting.items():
                if all_ended or number != max(waiting):
                    self._partition_one(opened, number, path)

    @contextlib.contextmanager
    def _unwritten(self) -> Iterator[bool]:
        """Whether no process writes; none can begin within the block then."""
        held = files.lock(self._places.root / "writer.lock")
        try:
            yield held is not None
        finally:
            if held is not None:
                os.close(held)

    def _partition_one(self, opened: DuckDBPyConnection, number: int, path: Path) -> None:
        import duckdb

        read = read_log(path, number)
        # Compressed by columns the rows take less than in the log, but not always.
        need = 2 * files.size_of(path) + self._limits.stop_below(self._places.root)
        self._sums = Retention(self._places, self._limits, self._now).make_room(self._sums, need)
        try:
            for place, temporary in self._write_groups(opened, read, number):
                files.make_folder(self._places.parts)
                files.move(temporary, place)
        except duckdb.Error as error:
            raise HistoryError(
                f"No partition could be made of {path.name} ({str(error).splitlines()[0]}).",
                "Its rows stay in the log and are read from there; free space on the disk of the history.",
            ) from error
        self._sums = msgspec.structs.replace(self._sums, last=max(self._sums.last, number))
        write_sums(self._places, self._sums)
        # From this moment on the partitions count, and not the log.
        if read.wrong:
            self._note(f"{path.name} is damaged ({read.wrong}); {len(read.batch)} rows before the damage were kept.")
            self._sums = msgspec.structs.replace(self._sums, damaged=self._sums.damaged + 1)
            files.make_folder(self._places.damaged)
            path.replace(self._places.damaged / path.name)
        else:
            path.unlink()
        files.sync_folder(self._places.log)

    def _write_groups(self, opened: DuckDBPyConnection, read: LogRead, number: int) -> Iterator[tuple[Path, Path]]:
        """(the last name, the file as it is written) for each hour and group. Rows of an hour long before the others
        share the folder of the hour before the first usual one: processes that ran before us would make hundreds."""
        rows = read.batch.rows
        if not len(rows):
            return
        files.make_folder(self._places.work)
        strings = np.array(read.batch.strings, dtype=object)
        keys = [partition.key_of(subject) for subject in read.batch.subjects]
        hours = np.maximum(rows["time"], 0) // names.HOUR_NS
        usual = int(np.median(hours))
        hours = np.clip(hours, usual - 1, usual + 1)
        group_of_kind = np.array([names.group_of(kind) for kind in range(256)])
        groups = group_of_kind[rows["kind"]]
        lengths = np.fromiter(map(len, read.batch.strings), np.int64, len(read.batch.strings))
        weight = sum(lengths[rows[column]] for column in TEXTS)
        numbers = read.number + np.arange(len(rows), dtype=np.int64)
        for hour, group in sorted(set(zip(hours.tolist(), groups.tolist(), strict=True))):
            chosen = np.nonzero((hours == hour) & (groups == group))[0]
            chosen = chosen[np.argsort(rows["time"][chosen], kind="stable")]
            for few in np.split(chosen, np.flatnonzero(np.diff(np.cumsum(weight[chosen]) // MOST_CHARACTERS)) + 1):
                some = rows[few]
                used = np.unique(some["subject"]).tolist()
                others = {str(keys[i]): read.batch.subjects[i] for i in used if i}
                subjects = partition.Subjects(read.batch.subjects[0], others)
                times = int(some["time"].min()), int(some["time"].max())
                name = names.part_name(names.GROUPS[group], times, len(some), (number, number))
                partition.write(opened, self._places.work / name, partition.table(some, numbers[few], keys, strings), subjects)
                yield self._places.parts / names.hour_name(hour) / name, self._places.work / name

    # --- small partitions become large ones ---

    def _compact(self, opened: DuckDBPyConnection) -> None:
        unfinished = names.logs(self._places)
        first_waiting = min(unfinished, default=1 << 62)
        good, _ = names.counting(names.parts(self._places), unfinished)
        places: dict[tuple[str, str], list[names.Part]] = {}
        for part in good:
            # A log that still waits may bring a partition of a lower number: what is above it stays as it is.
            if part.high < first_waiting:
                places.setdefault((part.hour, part.group), []).append(part)
        for (hour, _group), found in places.items():
            settled = self._now > names.hour_end(hour) + SETTLED_NS
            for run in runs(found):
                # A merged file of one log alone would have the name of its sources' kind, and void none of them.
                if len(run) >= (2 if settled else FEW) and run[0].low < run[-1].high:
                    self._merge(opened, run)

    def _merge(self, opened: DuckDBPyConnection, run: Sequence[names.Part]) -> None:
        """The sources stay until the next time, for those who read them now; the name of the target makes them void."""
        import duckdb

        times = min(p.first for p in run), max(p.last for p in run)
        name = names.part_name(run[0].group, times, sum(p.rows for p in run), (run[0].low, run[-1].high))
        temporary = self._places.work / name
        files.make_folder(self._places.work)
        try:
            paths = [part.path for part in run]
            subjects = partition.united(partition.read_subjects(opened, paths).values())
            partition.merge(opened, temporary, paths, subjects)
        except (duckdb.Error, HistoryError) as error:
            temporary.unlink(missing_ok=True)
            if not self._set_aside(run):
                self._note(f"{len(run)} partitions of {run[0].hour} could not be merged ({str(error).splitlines()[0]}).")
            return
        files.move(temporary, Path(run[0].path).parent / name)

    def _set_aside(self, run: Sequence[names.Part]) -> bool:
        """Moves those that cannot be read; whether there was one."""
        found = False
        for part in run:
            if wrong := wrong_with(self._places, part.path):
                found = True
                set_aside(self._places, part.path)
                self._sums = msgspec.structs.replace(self._sums, damaged=self._sums.damaged + 1)
                self._note(f"{Path(part.path).name} is damaged and was set aside with {part.rows} rows ({wrong}).")
        return found


def runs(found: Sequence[names.Part]) -> Iterator[list[names.Part]]:
    """Neighbours in the order of their logs that are small enough to be one file; a large one stands alone."""
    run: list[names.Part] = []
    rows = size = 0
    for part in sorted(found, key=lambda p: p.low):
        weight = files.size_of(part.path)
        apart = not run or (part.low, part.high) != (run[-1].low, run[-1].high)
        if run and apart and (rows + part.rows > MOST_MERGED_ROWS or size + weight > MOST_MERGED_BYTES):
            yield run
            run, rows, size = [], 0, 0
        run.append(part)
        rows, size = rows + part.rows, size + weight
    if run:
        yield run


def wrong_with(places: names.Places, path: str) -> str:
    """'' or why a partition cannot be read, by reading all of it in a database of its own."""
    import duckdb

    try:
        with database(places, threads=1) as opened:
            partition.read_subjects(opened, [path])
            columns = ", ".join(f"max(hash({name}))" for name in partition.COLUMNS)
            statement = f"SELECT {columns} FROM read_parquet(?)"  # noqa: S608 -- names of our own columns
            opened.execute(statement, [[path]]).fetchall()
    except (duckdb.Error, HistoryError) as error:
        return str(error).splitlines()[0] if os.path.exists(path) else ""
    return ""


def set_aside(places: names.Places, path: str) -> bool:
    """Moves a file to the damaged ones; whether that could be done (a reader of another user cannot)."""
    with contextlib.suppress(OSError):
        files.make_folder(places.damaged)
        os.replace(path, places.damaged / os.path.basename(path))
        return True
    return False
