"""Whose rows the partitions of one question hold: facts of a subject are read when a row of it is found, and the same facts of
many files once. A machine with thousands of containers says so in each of its files; an answer is about few of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from periderm.adapters.history_parquet import names, partition
from periderm.adapters.history_parquet.partition import Packed
from periderm.adapters.history_parquet.selecting import Selection
from periderm.model.asset import Container, Node
from periderm.model.errors import HistoryError
from periderm.model.event import Subject

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NUMBERS_OF_GROUPS = np.array([names.group_of(kind) for kind in range(256)])
_decode = msgspec.json.Decoder(Container | Node).decode

Columns = Mapping[str, npt.NDArray[np.generic]]


class Whose:
    """For one question. Raises HistoryError, duckdb.Error for a file that does not say it."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._files: dict[str, Packed] = {}
        self._known: dict[int, Subject] = {}
        self._wanted: dict[int, bool] = {}

    def node(self, database: DuckDBPyConnection, part: names.Part) -> Subject:
        """The machine that a partition was made on."""
        self._load(database, [part])
        return self._files[part.path].node

    def keys(self, database: DuckDBPyConnection, parts: Sequence[names.Part]) -> list[int] | None:
        """Keys of the subjects of these partitions (at least one) that pass, None if all do."""
        if not self._selection.chooses_subjects:
            return None
        self._load(database, parts)
        keys = {0} if self._passes(self._files[parts[-1].path].node) else set()
        for part in parts:
            for key, data in self._files[part.path].others.items():
                number = int(key)
                if number not in self._wanted:
                    self._wanted[number] = self._passes(self._subject(number, data))
                if self._wanted[number]:
                    keys.add(number)
        return sorted(keys)

    def subjects(self, database: DuckDBPyConnection, parts: Sequence[names.Part], found: Columns) -> dict[int, Subject]:
        """Those of rows that were found in these partitions, by key. A key that none of the files knows is left out."""
        keys = found["subject"].astype(np.int64)
        wanted = {int(key) for key in np.unique(keys)} - {0}
        for part in sorted(parts, key=lambda part: part.path not in self._files):  # what was read needs not be read again
            missing = wanted - self._known.keys()
            if not missing:
                break
            if not np.isin(keys[_may_be_of(part, found)], list(missing)).any():
                continue
            self._load(database, [part])
            others = self._files[part.path].others
            for key in missing:
                if (data := others.get(str(key))) is not None:
                    self._subject(key, data)
        return {key: self._known[key] for key in wanted & self._known.keys()}

    def _passes(self, subject: Subject) -> bool:
        return (self._selection.wanted_subjects([subject]) or [True])[0]

    def _subject(self, key: int, data: msgspec.Raw) -> Subject:
        known = self._known.get(key)
        if known is None:
            try:
                known = self._known[key] = _decode(data)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                raise HistoryError("A partition does not say whose rows it holds.") from error
        return known

    def _load(self, database: DuckDBPyConnection, parts: Sequence[names.Part]) -> None:
        unknown = [part.path for part in parts if part.path not in self._files]
        if unknown:
            self._files.update(partition.read_packed(database, unknown))


def _may_be_of(part: names.Part, found: Columns) -> npt.NDArray[np.bool_]:
    """Which rows a partition may have given, by its name."""
    log = found["number"].astype(np.int64) >> names.ROW_BITS
    group = _NUMBERS_OF_GROUPS[found["kind"].astype(np.int64)]
    of_part: npt.NDArray[np.bool_] = (log >= part.low) & (log <= part.high) & (group == names.GROUPS.index(part.group))
    return of_part
