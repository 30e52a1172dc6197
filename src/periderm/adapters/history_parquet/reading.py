"""Reads a history while it is written: partitions through DuckDB, the log directly, both in one order of time.

A file that vanished was compacted or dropped: the look at the folder is taken again. A file that cannot be read is set
aside and noted; the answer goes on without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from periderm.adapters.history_parquet import names, partition
from periderm.adapters.history_parquet.assembling import Assembler
from periderm.adapters.history_parquet.database import connect
from periderm.adapters.history_parquet.keeper import set_aside, wrong_with
from periderm.adapters.history_parquet.logged import Logged, pick
from periderm.adapters.history_parquet.selecting import Selection
from periderm.adapters.history_parquet.slicing import slices
from periderm.adapters.history_parquet.tails import Tails
from periderm.adapters.history_parquet.whose import Columns, Whose
from periderm.model.asset import Node
from periderm.model.errors import HistoryError
from periderm.model.event import EventBatch, Rows, Subject

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SLICE_ROWS = 61_440
FEW_WIDTH, COUNTED_WIDTH = 4, 16
MOST_TRIES = 5
_NOBODY = Node(id="node", name="", hostname="", machine_id="", kernel="", os_name="", architecture="")

Numbers = npt.NDArray[np.int64]
Answer = TypeVar("Answer")


class Slice(NamedTuple):
    """Rows in the order of (time, number), with their numbers."""

    batch: EventBatch
    numbers: Numbers


class Reading:
    """One question, answered once. `notes` are what was found wrong. `tails` reads logs, for those who remember what they read
    before. Close it."""

    def __init__(self, places: names.Places, selection: Selection, tails: Tails | None = None) -> None:
        self._places = places
        self._selection = selection
        self._tails = tails or Tails()
        self._database: DuckDBPyConnection | None = None
        self._whose = Whose(selection)
        self._bad: set[str] = set()
        self.notes: list[str] = []
        self._node: Subject = _NOBODY
        self._parts, self._logged = self._look()
        self._assembler = Assembler(self._partitioned_node() if self._node is _NOBODY else self._node)

    def close(self) -> None:
        """Lets the database go."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def slices(self, *, newest: bool, limit: int) -> Iterator[Slice]:
        """All rows that pass, in slices of bounded size; the last slice first if `newest`, each still in ascending order.
        With a `limit` above 0 a slice holds no more than that: those nearest to where the answer begins."""
        selection = self._selection
        since, until = selection.since, selection.until
        # A question that few rows answer looks at more of them at once; the answer itself stays small.
        rows = SLICE_ROWS * ((FEW_WIDTH if limit else COUNTED_WIDTH) if selection.selective else 1)
        cuts = slices(self._parts, since, until, rows) if self._parts else [(since, until)]
        for start, end in reversed(cuts) if newest else cuts:
            yield from self._slice(start, end, newest, limit)

    # --- what there is ---

    def _look(self) -> tuple[list[names.Part], list[Logged]]:
        """Partitions that may hold rows that pass, and rows of the logs that do. Logs first: what they lose in between is in a
        partition."""
        for _ in range(MOST_TRIES):
            logged: list[Logged] = []
            notes: list[str] = []
            waiting: list[int] = []
            try:
                for number, path in names.logs(self._places).items():
                    if number >= self._selection.query.after >> names.ROW_BITS:
                        waiting.append(number)
                        logged += self._select(path, number, notes)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _unreadable(self._places, error) from error
            try:
                found = names.parts(self._places)
            except OSError as error:
                raise _unreadable(self._places, error) from error
            good, _superseded = names.counting(found, waiting)
            if any(part.low <= number <= part.high for part in good for number in waiting):
                continue  # a log that was read above was compacted already
            self.notes += notes
            return [part for part in good if self._selection.may_hold(part)], logged
        raise HistoryError("The history changes too fast to be read.", "Try again.")

    def _select(self, path: Path, number: int, notes: list[str]) -> Iterator[Logged]:
        """Rows of one log that pass. What does not is let go at once: where rows come faster than partitions are made of them,
        many logs wait."""
        span = self._tails.known_span(path, number)
        if span is not None and not self._selection.may_lie_between(span.first, span.last):
            return
        read = self._tails.read(path, number)
        if read.wrong:
            notes.append(f"{names.log_name(number)} is damaged ({read.wrong}).")
        if read.batch.subjects:
            self._node = read.batch.subjects[0]
        found = pick(read, self._selection)
        if found is not None:
            yield found

    def _partitioned_node(self) -> Subject:
        for part in sorted(self._parts, key=lambda p: p.high, reverse=True):
            node = self._tried([part], lambda database, some: self._whose.node(database, some[0]), None)
            if node is not None:
                return node
        return _NOBODY

    # --- one slice ---

    def _slice(self, start: int, end: int, newest: bool, limit: int) -> Iterator[Slice]:
        parts = [p for p in self._parts if p.path not in self._bad and p.first < end and p.last >= start]
        held = self._count(parts, start, end) if parts and not limit else 1
        if held > 2 * SLICE_ROWS and end - start > 1:
            middle = self._middle(parts, start, end)
            halves = [(start, middle), (middle, end)]
            for half in reversed(halves) if newest else halves:
                yield from self._slice(*half, newest, limit)
            return
        pieces, numbers = self._partitioned(parts, start, end, newest, limit) if parts and held else ([], [])
        for logged in self._logged:
            time = logged.batch.rows["time"]
            within = np.nonzero((time >= start) & (time < end))[0]
            if len(within):
                pieces.append(self._assembler.logged(logged.batch, within))
                numbers.append(logged.numbers[within])
        if not pieces:
            return
        batch = self._assembler.batch(pieces)
        joined = np.concatenate(numbers)
        order = np.lexsort((joined, batch.rows["time"]))
        if limit:
            order = order[-limit:] if newest else order[:limit]
        yield Slice(EventBatch(batch.rows[order], batch.strings, batch.subjects, batch.generation), joined[order])

    def _middle(self, parts: Sequence[names.Part], start: int, end: int) -> int:
        """The middle of the time in which rows are, not of the slice, whose ends may be open."""
        first = max(start, min(p.first for p in parts))
        last = min(end, max(p.last for p in parts) + 1)
        return max(start + 1, min(end - 1, first + (last - first) // 2))

    def _count(self, parts: Sequence[names.Part], start: int, end: int) -> int:
        if sum(part.rows for part in parts) <= 2 * SLICE_ROWS:
            return 1  # few enough to be asked for at once

        def question(database: DuckDBPyConnection, some: Sequence[names.Part]) -> int:
            found = self._found(database, some, select="SELECT count(*) AS n", tail="", start=start, end=end)
            return int(found["n"].item())

        return self._tried(parts, question, 0)

    def _partitioned(
        self, parts: Sequence[names.Part], start: int, end: int, newest: bool, limit: int
    ) -> tuple[list[Rows], list[Numbers]]:
        turn = "DESC" if newest else "ASC"
        tail = f"ORDER BY time {turn}, number {turn} LIMIT {limit:d}" if limit else ""
        select = f"SELECT {', '.join(partition.COLUMNS)}"

        def question(database: DuckDBPyConnection, some: Sequence[names.Part]) -> tuple[Columns, dict[int, Subject]]:
            found = self._found(database, some, select=select, tail=tail, start=start, end=end)
            # Of most questions few rows come back, or none: only then it is asked whose they are.
            return found, self._whose.subjects(database, some, found) if len(found["time"]) else {}

        nothing: tuple[Columns, dict[int, Subject]] = ({}, {})
        found, subjects = self._tried(parts, question, nothing)
        if not found or not len(found["time"]):
            return [], []
        return [self._assembler.columns(found, subjects)], [found["number"].astype(np.int64)]

    def _found(
        self, database: DuckDBPyConnection, parts: Sequence[names.Part], *, select: str, tail: str, start: int, end: int
    ) -> Columns:
        condition, values = self._selection.conditions(self._whose.keys(database, parts), start, end)
        return database.execute(
            f"{select} FROM read_parquet($files) WHERE {condition} {tail}",
            {**values, "files": [part.path for part in parts]},
        ).fetchnumpy()

    def _tried(
        self,
        parts: Sequence[names.Part],
        question: Callable[[DuckDBPyConnection, Sequence[names.Part]], Answer],
        nothing: Answer,
    ) -> Answer:
        """What the database answers; without the files that turn out to be damaged or gone, `nothing` if none is left."""
        import duckdb

        for _ in range(MOST_TRIES):
            good = [part for part in parts if part.path not in self._bad]
            if not good:
                break
            if self._database is None:
                self._database = connect(self._places)
            try:
                return question(self._database, good)
            except duckdb.OutOfMemoryException as error:
                raise HistoryError("The answer is too large for the memory that history may use.", "Ask for less.") from error
            except (duckdb.Error, HistoryError) as error:
                self.close()
                if not self._exclude(good):
                    raise HistoryError(
                        f"The history cannot be read ({str(error).splitlines()[0]}).", "Try again; ask for less time."
                    ) from error
        return nothing

    def _exclude(self, parts: Sequence[names.Part]) -> bool:
        """Finds what cannot be read; whether there was something."""
        import os

        before = len(self._bad)
        for part in parts:
            if not os.path.exists(part.path):
                self._bad.add(part.path)  # dropped for want of room a moment ago
            elif wrong := wrong_with(self._places, part.path):
                self._bad.add(part.path)
                done = "was set aside" if set_aside(self._places, part.path) else "was left out"
                self.notes.append(f"{os.path.basename(part.path)} is damaged and {done} ({wrong}).")
        return len(self._bad) > before


def _unreadable(places: names.Places, error: OSError) -> HistoryError:
    step = "Run as the user who runs the agent (root, usually)." if isinstance(error, PermissionError) else ""
    return HistoryError(f"The history in {places.root} cannot be read: {error.strerror}.", step)
