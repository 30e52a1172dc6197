"""STIDE: how many windows of calls were never seen (Forrest, Hofmeyr, Somayaji and Longstaff, 1996).

With short windows it is the yardstick that others are held against; with long ones it asks how much of a trace goes the ways
that were gone before. It knows yes or no for each window: what is rare, and what the whole is like, it does not ask.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from periderm.algorithms.sequences.grams import Calls, Codes, mixtures, present, runs

WINDOW = 6  # the length of most published comparisons


class Stide(msgspec.Struct, frozen=True):
    """All windows of `window` calls that were seen, ascending. Without `order` a window is what it holds, whatever came first:
    threads that take turns by chance go no new ways then."""

    window: int
    seen: Codes
    order: bool = True

    def score(self, trace: Calls) -> float:
        """The share of windows never seen, 0 to 1. A trace shorter than a window has none: 0."""
        codes = _windows(trace, self.window, self.order)
        return float(1 - present(self.seen, codes).mean()) if len(codes) else 0.0

    def kinds(self, trace: Calls) -> float:
        """The same of *unlike* windows: a loop that goes a new way counts once, and so does one that goes an old way."""
        codes = np.unique(_windows(trace, self.window, self.order))
        return float(1 - present(self.seen, codes).mean()) if len(codes) else 0.0


def learn(traces: Iterable[Calls], window: int = WINDOW, *, order: bool = True) -> Stide:
    """The windows of these traces."""
    seen = [np.unique(_windows(trace, window, order)) for trace in traces]
    return Stide(window, np.unique(np.concatenate(seen)) if seen else np.empty(0, np.uint64), order)


def _windows(trace: Calls, length: int, order: bool) -> Codes:
    if not order:
        return mixtures(trace, length)
    for codes in runs(trace, length):
        last = codes
    return last
