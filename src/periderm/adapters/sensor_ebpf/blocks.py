"""Memory for rows that is used again when nobody holds it: asking the kernel for fresh pages costs more than filling them."""

from __future__ import annotations

import sys

import numpy as np

from periderm.model.event import EVENT_DTYPE, Rows

UNHELD = 3  # references to a block that only this file holds: the list, the loop, and the question itself


class Blocks:
    """At most `most` blocks of `rows` rows each; who asks for more gets memory of its own."""

    def __init__(self, rows: int, most: int = 4) -> None:
        self._rows = rows
        self._most = most
        self._blocks: list[Rows] = []

    def room(self, count: int) -> Rows:
        """Room for `count` rows, of any content. It is not given again while the caller, or a view of it, holds it."""
        if count > self._rows:
            return np.empty(count, dtype=EVENT_DTYPE)
        for block in self._blocks:
            if sys.getrefcount(block) <= UNHELD:
                return block[:count]
        fresh: Rows = np.empty(self._rows, dtype=EVENT_DTYPE)
        if len(self._blocks) < self._most:
            self._blocks.append(fresh)
        return fresh[:count]
