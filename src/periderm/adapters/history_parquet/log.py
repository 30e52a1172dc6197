"""The log: rows are written to it within a second and made durable, long before they become a partition.

A log is a recording (see formats.recording), so `periderm replay` reads one too. Each has its own table of strings and
subjects. A log whose end is torn gives what is whole.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from periderm.adapters.history_parquet import files, names
from periderm.formats import recording
from periderm.formats.recording import joined, storable
from periderm.model.asset import Node
from periderm.model.errors import FormatError, LimitError
from periderm.model.event import EVENT_DTYPE, EventBatch, Rows, Subject

BLOCK_ROWS = 50_000
UNKNOWN = 0xFFFFFFFF
TEXTS = recording.STRING_COLUMNS


class Tables:
    """Strings and subjects of one log, and how those of a batch are numbered in it."""

    def __init__(self) -> None:
        self.strings: list[str] = [""]
        self.subjects: list[Subject] = []
        self._numbers: dict[str, int] = {"": 0}
        self._source: object = None
        self._generation = -1
        self._map: npt.NDArray[np.uint32] = np.zeros(1, np.uint32)
        self._by_asset: dict[str, tuple[Subject, int]] = {}

    def take(self, batch: EventBatch) -> Rows:
        """A copy of the rows that points into these tables."""
        rows: Rows = batch.rows.copy()
        self._follow(batch)
        for column in TEXTS:
            indices = rows[column]
            mapped = self._map[indices]
            fresh = mapped == UNKNOWN
            if fresh.any():
                for index in np.unique(indices[fresh]).tolist():
                    self._map[index] = self._number(storable(batch.strings[index]))
                mapped = self._map[indices]
            rows[column] = mapped
        if not self.subjects:
            self.subjects.append(_node(batch))
        for index in np.unique(batch.rows["subject"]).tolist():
            if index:
                rows["subject"][batch.rows["subject"] == index] = self._subject(batch.subjects[index])
        return rows

    def _follow(self, batch: EventBatch) -> None:
        """The numbers found before hold for the same table of strings, which only grows."""
        if batch.strings is not self._source or batch.generation != self._generation:
            self._source, self._generation = batch.strings, batch.generation
            self._map = np.full(max(len(batch.strings), 1), UNKNOWN, np.uint32)
        elif len(batch.strings) > len(self._map):
            grown = np.full(max(len(batch.strings), 2 * len(self._map)), UNKNOWN, np.uint32)
            grown[: len(self._map)] = self._map
            self._map = grown

    def _number(self, string: str) -> int:
        number = self._numbers.setdefault(string, len(self.strings))
        if number == len(self.strings):
            self.strings.append(string)
        return number

    def _subject(self, subject: Subject) -> int:
        known = self._by_asset.get(subject.id)
        if known is not None and (known[0] is subject or known[0] == subject):
            return known[1]
        self.subjects.append(subject)
        self._by_asset[subject.id] = (subject, len(self.subjects) - 1)
        return len(self.subjects) - 1


def _node(batch: EventBatch) -> Subject:
    """Subject 0 is the node; a batch made by hand may have none."""
    if batch.subjects:
        return batch.subjects[0]
    return Node(id="node", name="", hostname="", machine_id="", kernel="", os_name="", architecture="")


class LogFile:
    """A log that is being written; one process does it."""

    def __init__(self, path: Path, number: int) -> None:
        self.path = path
        self.number = number
        self.rows = 0
        self._tables = Tables()
        self._writer = recording.Writer()
        self._descriptor = files.open_file(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        files.write_all(self._descriptor, self._writer.begin(), 0)
        self.size = len(recording.MAGIC)
        files.sync_folder(path.parent)

    def write(self, batches: list[EventBatch]) -> None:
        """Makes the rows durable. Raises OSError: the file then ends with what was whole, and another is to be opened,
        because strings of what is missing would be taken for written."""
        taken = [self._tables.take(batch) for batch in joined(batches)]
        rows: Rows = np.concatenate(taken) if taken else np.zeros(0, EVENT_DTYPE)
        try:
            for start in range(0, len(rows), BLOCK_ROWS):
                self._block(rows[start : start + BLOCK_ROWS])
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            raise
        os.fdatasync(self._descriptor)

    def _block(self, rows: Rows) -> None:
        batch = EventBatch(rows, self._tables.strings, self._tables.subjects, self.number)
        try:
            data = self._writer.batch(batch)
        except LimitError as error:
            raise OSError(errno.EFBIG, error.what) from error
        files.write_all(self._descriptor, data, self.size)
        self.size += len(data)
        self.rows += len(rows)

    def close(self) -> None:
        """Lets go; the end mark says that nothing was cut."""
        try:
            files.write_all(self._descriptor, self._writer.end(), self.size)
            os.fdatasync(self._descriptor)
        finally:
            os.close(self._descriptor)


class LogRead(NamedTuple):
    """What a log holds: one batch, the number of its first row, and '' or what is wrong behind it."""

    batch: EventBatch
    number: int
    wrong: str


class LogReader:
    """Reads a log once, and again only what was added: for those who follow."""

    def __init__(self, path: Path, number: int) -> None:
        self._path = path
        self._number = number
        self._reader = recording.Reader()
        self._offset = 0
        self._rows: list[Rows] = []
        self._last: EventBatch | None = None
        self._wrong = ""

    def read(self) -> LogRead:
        """All that is whole by now. A block that is not complete at the end is being written, or was when the machine
        stopped: not wrong. Raises FileNotFoundError."""
        with os.fdopen(files.open_file(self._path, os.O_RDONLY), "rb") as file:
            if not self._offset:
                self._begin(file)
            file.seek(self._offset)
            while self._offset and not self._wrong and len(header := file.read(8)) == 8:
                if not self._block(file, header):
                    break
        first = self._number << names.ROW_BITS
        if self._last is None:
            return LogRead(_empty(), first, self._wrong)
        if len(self._rows) > 1:
            self._rows = [np.concatenate(self._rows)]
        return LogRead(EventBatch(self._rows[0], self._last.strings, self._last.subjects, self._number), first, self._wrong)

    def _begin(self, file: BinaryIO) -> None:
        magic = file.read(len(recording.MAGIC))
        if magic == recording.MAGIC:
            self._offset = len(magic)
        elif len(magic) == len(recording.MAGIC):
            self._wrong = "it is not a log"

    def _block(self, file: BinaryIO, header: bytes) -> bool:
        """Takes one block; whether there may be another."""
        place = f"offset {self._offset}"
        try:
            length, checksum = recording.header_of(header, place)
            data = file.read(length)
            if length == 0 or len(data) < length:
                return False
            recording.check(data, length, checksum, place)
            self._last = self._reader.block(data, place)
        except FormatError as error:
            self._wrong = error.what
            return False
        self._rows.append(self._last.rows)
        self._offset += len(header) + length
        return True


def read_log(path: Path, number: int) -> LogRead:
    """All that is whole in a log. Raises FileNotFoundError."""
    return LogReader(path, number).read()


def _empty() -> EventBatch:
    return EventBatch(np.zeros(0, EVENT_DTYPE), ("",), ())
