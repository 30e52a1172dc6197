"""How many rows a list has, remembered for some seconds where there are very many: to count a million again for each page would
be most of what the page costs. Counts nothing itself."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from periderm.model.query import Query

MANY = 50_000
KEPT_NS = 15 * 10**9
MOST_KEPT = 256

_Key = tuple[str, Query]


class Totals:
    """For any threads. A total below MANY is never remembered: it is exact in every answer."""

    def __init__(self) -> None:
        self._kept: dict[_Key, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def total(self, what: str, query: Query, now: int, count: Callable[[], int]) -> int:
        """Of the list `what` by this query, wherever its page is; `now` is monotonic, in nanoseconds."""
        key = what, msgspec.structs.replace(query, cursor="", limit=1, skip=0, order="")
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and 0 <= now - kept[1] < KEPT_NS:
            return kept[0]
        found = count()
        with self._lock:
            self._kept.pop(key, None)
            if found >= MANY:
                if len(self._kept) >= MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = found, now
        return found
