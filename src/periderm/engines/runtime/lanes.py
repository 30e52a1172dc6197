"""Numbers for rows that the prefilter treats alike: their kind, whether a container is meant, and which needs of interests they
meet. It knows numbers of rows only; strings are the prefilter's, and whether a row is bad is the detectors'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from periderm.engines.runtime.judging import Interest, Where
from periderm.engines.runtime.needs import WRITES, Need
from periderm.model.asset import Container
from periderm.model.event import EventBatch, EventKind

MOST_NEEDS = 5  # of one kind; what is beyond them is not looked at, which offers more rows and holds none back
_KINDS = 256


def needs_of(interest: Interest, kind: EventKind) -> frozenset[Need]:
    """What must hold of a row of this kind besides what the interest looks for."""
    return frozenset(interest.needs) | ({WRITES} if interest.writes and kind is EventKind.OPEN else frozenset())


class Lanes:
    """Lanes of some interests; lane 0 is for rows of kinds that nobody asks for."""

    def __init__(self, interests: Sequence[Interest]) -> None:
        self._needs: dict[int, tuple[Need, ...]] = {}
        wanted: dict[EventKind, dict[Need, None]] = {}
        for interest in interests:
            for kind in interest.kinds:
                needs = wanted.setdefault(kind, {})
                needs.update(dict.fromkeys(sorted(needs_of(interest, kind))))
        self._first: npt.NDArray[np.intp] = np.zeros(2 * _KINDS, np.intp)
        total = 1
        for kind, all_needs in wanted.items():
            needs_here = tuple(all_needs)[:MOST_NEEDS]
            if needs_here:
                self._needs[int(kind)] = needs_here
            for contained in (0, _KINDS):
                self._first[int(kind) + contained] = total
                total += 1 << len(needs_here)
        self.total = total

    def entered(self, interest: Interest) -> Iterator[int]:
        """The lanes whose rows this interest wants."""
        for kind in interest.kinds:
            needs = self._needs.get(int(kind), ())
            must = sum(1 << index for index, need in enumerate(needs) if need in needs_of(interest, kind))
            for contained, where in ((0, Where.NODE), (_KINDS, Where.CONTAINER)):
                if interest.where.value & where.value:
                    first = int(self._first[int(kind) + contained])
                    yield from (first + met for met in range(1 << len(needs)) if met & must == must)

    def of_kind(self, kind: EventKind, *, contained: bool) -> Iterable[int]:
        """All lanes of a kind."""
        first = int(self._first[int(kind) + (_KINDS if contained else 0)])
        return range(first, first + (1 << len(self._needs.get(int(kind), ()))))

    def of(self, batch: EventBatch) -> npt.NDArray[np.intp]:
        """The lane of each row."""
        rows = batch.rows
        kinds = rows["kind"]
        contained = np.fromiter((isinstance(s, Container) for s in batch.subjects), np.intp, len(batch.subjects)) * _KINDS
        found: npt.NDArray[np.intp] = self._first[contained[rows["subject"]] + kinds]
        for kind, needs in self._needs.items():
            where = np.flatnonzero(kinds == kind)
            if where.size:
                these = rows[where]
                for index, need in enumerate(needs):
                    found[where] += need.met(these).astype(np.intp) << index
        return found
