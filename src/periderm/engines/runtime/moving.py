"""Which rows tell that a process acts in another container than it was known in, whether or not a detector wants them.

What is judged of a process later must not depend on which of its rows were wanted. Judges nothing itself.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from periderm.engines.runtime.process import ProcessTable
from periderm.model.event import EventBatch, EventKind

_STARTS: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_STARTS[[EventKind.EXEC, EventKind.FORK]] = True


_SLOTS = 1 << 16
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio, as Knuth's multiplicative hashing has it
_SHIFT = np.uint64(48)  # what is left are the 16 bits of a slot
_MOST_PLACES = 100_000


class Homes:
    """Remembers which processes were seen at home, so that a row of such a one costs some nanoseconds. Only a memory: what it
    has forgotten is looked up in the table again."""

    def __init__(self) -> None:
        self._seen = np.zeros(_SLOTS, np.uint64)
        self._places: dict[str, int] = {}

    def moved(self, batch: EventBatch, chosen: npt.NDArray[np.bool_], table: ProcessTable) -> npt.NDArray[np.bool_]:
        """Rows of the batch that are not `chosen` yet, by processes that are at home elsewhere or will be within it."""
        rows = batch.rows
        found = np.zeros(len(rows), np.bool_)
        begun = rows[_STARTS[rows["kind"]]]
        self._seen[_slots(begun["process"])] = 0  # a start may be a new home
        others = np.flatnonzero(~chosen & (rows["subject"] > 0))
        if not others.size:
            return found
        places = np.array([self._place(subject.id) for subject in batch.subjects], np.uint64)
        keys = rows["process"][others]
        at_home = keys * _SPREAD + places[rows["subject"][others]]
        slots = _slots(keys)
        doubtful = np.flatnonzero(self._seen[slots] != at_home)
        if not doubtful.size:
            return found
        # Where each process is at home: as the table has it, and as its starts in this batch will have it.
        homes: dict[int, set[str]] = {}
        for key, place in zip(begun["process"].tolist(), begun["subject"].tolist(), strict=True):
            homes.setdefault(key, set()).add(batch.subjects[place].id)
        answers: dict[tuple[int, int], bool] = {}
        there = rows["subject"][others]
        for number, key, place in zip(doubtful.tolist(), keys[doubtful].tolist(), there[doubtful].tolist(), strict=True):
            answer = answers.get((key, place))
            if answer is None:
                here, process = batch.subjects[place].id, table.get(key)
                answer = (process is not None and process.subject != here) or homes.get(key, {here}) != {here}
                answers[key, place] = answer
                if process is not None and not answer and key not in homes:
                    self._seen[slots[number]] = at_home[number]
            found[others[number]] = answer
        return found

    def _place(self, subject_id: str) -> int:
        if len(self._places) > _MOST_PLACES:
            self._places.clear()
            self._seen[:] = 0
        return self._places.setdefault(subject_id, len(self._places) + 1)


def _slots(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return (keys * _SPREAD) >> _SHIFT
