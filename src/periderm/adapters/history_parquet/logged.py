"""Of a log that was read, what an answer may need: the rows that pass with their own texts, no more of them than are asked for.
A log holds 131,072 rows with the texts of all of them, and dozens may wait; what one answer holds of them stays small.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from periderm.adapters.history_parquet.log import TEXTS, LogRead
from periderm.adapters.history_parquet.selecting import Selection
from periderm.model.event import EventBatch, Rows

MOST_WHOLE = 2  # of so many rows one passes at least: then the log's own tables are kept


class Logged(NamedTuple):
    """Rows of a log that pass, and their numbers."""

    batch: EventBatch
    numbers: npt.NDArray[np.int64]


def pick(read: LogRead, selection: Selection) -> Logged | None:
    """The rows of a log that pass, with a limit those nearest to where the answer begins; None if there are none."""
    numbers = read.number + np.arange(len(read.batch), dtype=np.int64)
    chosen = np.nonzero(selection.mask(read.batch, numbers))[0]
    limit = selection.query.limit
    if 0 < limit < len(chosen):
        order = np.lexsort((numbers[chosen], read.batch.rows["time"][chosen]))
        chosen = np.sort(chosen[order[-limit:] if selection.query.newest else order[:limit]])
    if not len(chosen):
        return None
    if len(chosen) * MOST_WHOLE < len(read.batch):
        return Logged(_apart(read.batch, chosen), numbers[chosen])
    whole = read.batch
    return Logged(EventBatch(whole.rows[chosen], whole.strings, whole.subjects, whole.generation), numbers[chosen])


def _apart(batch: EventBatch, chosen: npt.NDArray[np.int64]) -> EventBatch:
    """These rows with a table of their own texts."""
    rows: Rows = batch.rows[chosen]
    used, places = np.unique(np.stack([rows[name] for name in TEXTS]), return_inverse=True)
    for name, column in zip(TEXTS, places.reshape(len(TEXTS), len(rows)), strict=True):
        rows[name] = column
    return EventBatch(rows, [batch.strings[number] for number in used.tolist()], batch.subjects, batch.generation)
