"""Parts of the training traces that are held back in turn, so that each trace is once scored by what did not learn it.

Held back one by one, a trace is like those that come from programs that were recorded; held back with all that are like it,
it stands for a program that was not. What a score means for the one says nothing about the other. Scores nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from periderm.algorithms.sequences import neighbours
from periderm.algorithms.sequences.grams import Calls

FOLDS: Final = 5
Parts = NDArray[np.int64]
_ALIKE = 0.9  # cosine of the mix of calls from which two traces count as one kind of program


def by_turn(count: int) -> Parts:
    """The part of each trace, dealt like cards."""
    return np.arange(count) % FOLDS


def by_kind(traces: Sequence[Calls]) -> Parts:
    """The part of each trace, where those of one kind are in one part. All 0 where all traces are of one kind."""
    kinds = _kinds(traces)
    sizes = np.bincount(kinds)
    room = np.zeros(min(FOLDS, len(sizes)), np.int64)
    part_of = np.zeros(len(sizes), np.int64)
    for kind in np.argsort(-sizes, kind="stable").tolist():  # the largest first, each where most room is
        part = int(np.argmin(room))
        part_of[kind] = part
        room[part] += sizes[kind]
    return part_of[kinds]


def _kinds(traces: Sequence[Calls]) -> Parts:
    """Whoever is like the first that is of no kind yet is of its kind. Costs a look for each kind."""
    near = neighbours.learn(traces, neighbours.Kind(1, 1, rare=False))
    kinds = np.full(len(traces), -1, np.int64)
    found = 0
    for at, trace in enumerate(traces):
        if kinds[at] < 0:
            kinds[(near.likeness(trace) >= _ALIKE) & (kinds < 0)] = found
            kinds[at] = found
            found += 1
    return kinds
