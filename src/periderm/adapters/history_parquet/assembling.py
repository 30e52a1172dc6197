"""Rows of partitions and of the log as batches with one table of strings and of subjects. It orders nothing.

An engine that is run over the past meets the same string under the same number for as long as the generation lasts.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from periderm.adapters.history_parquet.log import TEXTS
from periderm.adapters.history_parquet.partition import NUMBERS, key_of
from periderm.model.event import EVENT_DTYPE, EventBatch, Rows, Subject

MOST_CHARACTERS = 16 << 20  # of one table
_GENERATIONS = itertools.count(1)


class Assembler:
    """`node` is subject 0."""

    def __init__(self, node: Subject) -> None:
        self._subjects: list[Subject] = [node]
        self._by_key: dict[int, int] = {0: 0}
        self._fresh()

    def _fresh(self) -> None:
        self.generation = next(_GENERATIONS)
        self._strings: list[str] = [""]
        self._numbers: dict[str, int] = {"": 0}
        self._characters = 0

    def batch(self, pieces: Sequence[Rows]) -> EventBatch:
        """Rows that `columns` or `logged` gave since the last batch, as one."""
        rows: Rows = np.concatenate(pieces) if pieces else np.zeros(0, EVENT_DTYPE)
        made = EventBatch(rows, self._strings, tuple(self._subjects), self.generation)
        if self._characters > MOST_CHARACTERS:
            self._fresh()
        return made

    def columns(self, found: Mapping[str, npt.NDArray[Any]], subjects: Mapping[int, Subject]) -> Rows:
        """Rows from the columns of a partition; `subjects` by their keys."""
        rows: Rows = np.zeros(len(found["time"]), EVENT_DTYPE)
        for name in NUMBERS:
            rows[name] = found[name]
        for name in TEXTS:
            rows[name] = [self._string(string) for string in found[name].tolist()]
        keys, places = np.unique(found["subject"], return_inverse=True)
        rows["subject"] = np.array([self._subject(key, subjects) for key in keys.tolist()], np.uint32)[places.reshape(-1)]
        return rows

    def logged(self, batch: EventBatch, chosen: npt.NDArray[np.int64]) -> Rows:
        """Rows of a log."""
        rows: Rows = batch.rows[chosen]
        for name in TEXTS:
            used, places = np.unique(rows[name], return_inverse=True)
            numbers = np.array([self._string(batch.strings[i]) for i in used.tolist()], np.uint32)
            rows[name] = numbers[places.reshape(-1)]
        used, places = np.unique(rows["subject"], return_inverse=True)
        known = np.zeros(len(used), np.uint32)
        for at, index in enumerate(used.tolist()):
            if index:
                key = key_of(batch.subjects[index])
                known[at] = self._subject(key, {key: batch.subjects[index]})
        rows["subject"] = known[places.reshape(-1)]
        return rows

    def _string(self, string: str) -> int:
        number = self._numbers.get(string)
        if number is None:
            number = self._numbers[string] = len(self._strings)
            self._strings.append(string)
            self._characters += len(string) + 64
        return number

    def _subject(self, key: int, subjects: Mapping[int, Subject]) -> int:
        index = self._by_key.get(key)
        if index is None:
            index = self._by_key[key] = len(self._subjects)
            self._subjects.append(subjects.get(key, self._subjects[0]))
        return index
