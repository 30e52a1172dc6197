"""The agent's side of the server's history: rows that this node keeps go to the server too, made durable in the spool first.

It looks at no row and holds nothing up: what comes faster than it can be packed is counted and not sent; this node
has it still.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

import numpy as np

from periderm.formats.recording import joined, packed
from periderm.model.envelope import Record, SeenEvents
from periderm.model.errors import LimitError
from periderm.model.event import EventBatch

STEP_SECONDS = 1.0
MOST_ROWS = 5_000  # of one record
MOST_WAITING = 50_000  # rows between two steps; at 128 bytes, what a stopped disk may cost in memory


class Sharing:
    """`keep` may be called by the watching thread, `counts` by any; one thread runs `run`."""

    def __init__(self, node_id: str, put: Callable[[Sequence[Record]], bool]) -> None:
        self._node_id = node_id
        self._put = put
        self._waiting: queue.SimpleQueue[EventBatch] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._rows = 0
        self.unshared = 0
        self.shared = 0

    def keep(self, batch: EventBatch) -> None:
        """Takes the rows, or counts them. Never waits."""
        with self._lock:
            if self._rows + len(batch) > MOST_WAITING:
                self.unshared += len(batch)
                return
            self._rows += len(batch)
        self._waiting.put(batch)

    def step(self) -> None:
        """Packs what waits and hands it to the spool."""
        taken: list[EventBatch] = []
        while True:
            try:
                taken.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        if not taken:
            return
        with self._lock:
            self._rows -= sum(map(len, taken))
        for batch in joined(taken):
            for start in range(0, len(batch), MOST_ROWS):
                self._share(EventBatch(batch.rows[start : start + MOST_ROWS], batch.strings, batch.subjects, batch.generation))

    def _share(self, batch: EventBatch) -> None:
        """In halves where the texts of a few rows are huge."""
        try:
            record = SeenEvents(node_id=self._node_id, rows=len(batch), data=packed(batch))
        except LimitError:
            if len(batch) < 2:
                self.unshared += len(batch)
                return
            for rows in np.array_split(batch.rows, 2):
                self._share(EventBatch(rows, batch.strings, batch.subjects, batch.generation))
            return
        self._put([record])
        self.shared += len(batch)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; what was taken before is in the spool when this returns."""
        while not stop.wait(STEP_SECONDS):
            self.step()
        self.step()
