"""All workloads of one node: which there are, who acts in a batch, what time does to them. It judges nothing, and what a batch
costs depends on those that act in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from periderm.engines.baseline.workload import Workload
from periderm.model.asset import Container
from periderm.model.baseline import Baseline
from periderm.model.event import EventBatch
from periderm.model.text import encodable

MOST_WORKLOADS = 4_096
WATCH_SECONDS = 10
WATCHED_SECONDS = 600  # a workload that said nothing for so long is not counted as watched


class Workloads:
    """By id; bounded. `gone` is told of one that had to make room."""

    def __init__(self, node: str, gone: Callable[[Workload], None]) -> None:
        self._node = node
        self._gone = gone
        self._all: dict[str, Workload] = {}
        self._unasked: dict[str, None] = {}  # of which nobody told us
        self._acting: dict[str, Workload] = {}  # in this batch
        self.watched = 0  # Unix seconds up to which workloads were counted as watched

    def __iter__(self) -> Iterator[Workload]:
        return iter(self._all.values())

    def get(self, workload_id: str) -> Workload | None:
        """If it is known."""
        return self._all.get(workload_id)

    def acting(self, workload_id: str, name: str = "") -> Workload:
        """One that acts in this batch, perhaps for the first time."""
        workload = self._acting.get(workload_id)
        if workload is None:
            workload = self._acting[workload_id] = self.of(workload_id, name)
        return workload

    def acts(self, workload: Workload) -> None:
        """A row of this batch is about it."""
        self._acting[workload.id] = workload

    def of(self, workload_id: str, name: str) -> Workload:
        """It, made if need be."""
        workload = self._all.get(workload_id)
        if workload is None:
            if len(self._all) >= MOST_WORKLOADS:
                oldest = min(self._all.values(), key=lambda each: each.last)
                del self._all[oldest.id]
                self._unasked.pop(oldest.id, None)
                self._acting.pop(oldest.id, None)
                self._gone(oldest)
            workload = self._all[workload_id] = Workload(workload_id, encodable(name), self._node)
            self._unasked[workload_id] = None
        return workload

    def know(self, baseline: Baseline) -> Workload:
        """What others know of one; it need not be asked for any more."""
        workload = self.of(baseline.workload_id, baseline.name)
        workload.asked = True
        self._unasked.pop(workload.id, None)
        workload.know(baseline)
        return workload

    def needs(self, batch: EventBatch) -> frozenset[str]:
        """Ids of workloads that run here and of which nobody told us (`know`)."""
        ids = {subject.normal_id for subject in batch.subjects if isinstance(subject, Container)}
        return frozenset((*self._unasked, *(each for each in ids if each not in self._all)))

    def turn(self) -> None:
        """The batch has ended: what was normal in it is counted."""
        for workload in self._acting.values():
            workload.turn()
        self._acting = {}

    def withdraw(self, keys: frozenset[int]) -> list[Workload]:
        """Takes back what these processes taught lately; where anything was."""
        return [workload for workload in self._all.values() if len(workload.provisional) and workload.withdraw(keys)]

    def later(self, now: int) -> list[Workload]:
        """It is this late (Unix seconds): what is provisional is confirmed, and who has been learned; those whose phase is
        another by that."""
        changed = []
        for workload in self._all.values():
            if len(workload.provisional):
                workload.confirm(now)
            if workload.last and settle(workload, now):
                changed.append(workload)
        if now - self.watched >= WATCH_SECONDS:
            longer = min(now - self.watched, WATCHED_SECONDS) if self.watched else 0
            self.watched = now
            for workload in self._all.values():
                if workload.last and now - workload.last <= WATCHED_SECONDS:
                    workload.watch(longer)
        return changed

    def news(self, now: int) -> list[Baseline]:
        """What changed since the last call, one delta for each workload that it changed in; nothing provisional."""
        return [delta for workload in self._all.values() if (delta := workload.news(now)) is not None]

    def full(self) -> dict[str, int]:
        """Workloads with more behaviour than there is room for, and how often something was not learned for that reason."""
        return {workload.id: workload.overflow for workload in self._all.values() if workload.overflow}

    def dump(self) -> list[bytes]:
        """All, as a snapshot keeps them."""
        return [workload.pack() for workload in self._all.values()]

    def decode(self, packed: Iterable[bytes]) -> list[Workload]:
        """What `dump` gave. Raises FormatError if the bytes are damaged; nothing has changed then."""
        return [Workload.unpack(each, self._node) for each in packed]

    def load(self, workloads: Iterable[Workload], watched: int) -> None:
        """Replaces all."""
        self._all = {workload.id: workload for workload in workloads}
        self._unasked = {workload.id: None for workload in self._all.values() if not workload.asked}
        self._acting = {}
        self.watched = watched


def settle(workload: Workload, now: int) -> bool:
    """Where it is in its life changes only between batches, as what rows were judged to be holds for one phase. Whether it
    did."""
    before = workload.base.phase
    return workload.phase(now) is not before
