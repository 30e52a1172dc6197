"""When what a node learned is sent: what is new soon, what only counts seldom. Knows nothing of what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from periderm.model.baseline import Baseline, merge
from periderm.model.envelope import Record

NEW_NS = 10 * 10**9  # between two messages of one workload that tell something new
COUNT_NS = 10 * 60 * 10**9  # between two that only count
MOST_BYTES = 1 << 20


class Sending:
    """Holds deltas until they are due; `put` makes them durable. Merging makes of many deltas one."""

    def __init__(self, put: Callable[[Sequence[Record]], object]) -> None:
        self._put = put
        self._held: dict[str, Baseline] = {}
        self._sent: dict[str, tuple[int, tuple[object, ...]]] = {}  # when, and what was new then

    def send(self, news: Sequence[Baseline], now: int, *, everything: bool = False) -> int:
        """Takes `news` and sends what is due at `now` (monotonic ns), or `everything`; how many were sent."""
        for delta in news:
            held = self._held.get(delta.workload_id)
            self._held[delta.workload_id] = delta if held is None else merge(held, delta)
        due = [delta for delta in self._held.values() if everything or self._due(delta, now)]
        for delta in due:
            del self._held[delta.workload_id]
            self._sent[delta.workload_id] = (now, _new(delta))
            self._put([delta])
        return len(due)

    def _due(self, delta: Baseline, now: int) -> bool:
        sent, new = self._sent.get(delta.workload_id, (None, ()))
        if sent is None:
            return True
        return now - sent >= (COUNT_NS if _new(delta) == new else NEW_NS)


def _new(delta: Baseline) -> tuple[object, ...]:
    """Equal for two deltas of which the later one only counts. What an image promises was counted by nobody."""
    promised = sum(1 for entry in delta.entries if not entry.evidence.counts)
    return (promised, delta.newest, delta.settled, delta.since, delta.pace, tuple(delta.images), len(delta.decisions))
