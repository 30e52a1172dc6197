"""How unlike its nearest neighbour a trace is: the cosine of weighted counts of its runs with every trace that was seen.

A run that many traces have weighs little and one that few have weighs much (tf-idf, with the count's square root, so that a
loop does not drown the rest). It sees the whole of a trace and no order beyond its runs: an attack made of ordinary pieces in
unwonted shares is far from everything, though each piece is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from periderm.algorithms.sequences.grams import Calls, Codes, runs

Floats = NDArray[np.float64]
_CLOSE = 0.05  # distance below which all neighbours are alike: a crowd that stands closer is no measure


class Kind(NamedTuple):
    """Which runs are counted, from `shortest` to `longest` calls, and whether rare ones weigh more."""

    shortest: int
    longest: int
    rare: bool = True


class Near(NamedTuple):
    """`apart` is the distance to the nearest, 0 the same to 1 nothing in common; `beyond` the same in units of how far that
    neighbour is from its own nearest: what differs a little from those who never differ is far out."""

    apart: float
    beyond: float


class Neighbours(msgspec.Struct, frozen=True):
    """For each run that was seen, ascending: its weight, and where its traces with their shares begin in `traces`. `alone` is
    each trace's distance to its nearest other."""

    kind: Kind
    runs: Codes
    weights: Floats
    starts: NDArray[np.int64]
    traces: NDArray[np.int64]
    shares: NDArray[np.float32]
    alone: Floats

    def likeness(self, trace: Calls) -> Floats:
        """The cosine with each trace that was seen, 0 to 1."""
        codes, counts = _bag(trace, self.kind)
        if not len(codes) or not len(self.runs):
            return np.zeros(len(self.alone))
        at = np.minimum(np.searchsorted(self.runs, codes), len(self.runs) - 1)
        known = self.runs[at] == codes
        unknown = _weight(len(self.alone), np.zeros(1), rare=self.kind.rare)
        weighted = counts * np.where(known, self.weights[at], unknown)
        begins, sizes = self.starts[at[known]], self.starts[at[known] + 1] - self.starts[at[known]]
        ends = np.cumsum(sizes)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(begins - (ends - sizes), sizes)
        parts = np.repeat(weighted[known], sizes) * self.shares[places]
        return np.bincount(self.traces[places], parts, minlength=len(self.alone)) / np.linalg.norm(weighted)

    def near(self, trace: Calls, likeness: Floats | None = None) -> Near:
        """How far the nearest is, from `likeness` if it is known already. What is too short to say anything is near."""
        if len(trace) < self.kind.shortest:
            return Near(0.0, 0.0)
        likeness = self.likeness(trace) if likeness is None else likeness
        nearest = int(np.argmax(likeness))
        apart = float(max(1 - likeness[nearest], 0.0))
        return Near(apart, apart / (float(self.alone[nearest]) + _CLOSE))


def learn(traces: Sequence[Calls], kind: Kind) -> Neighbours:
    """The neighbours that these traces are. Costs a look for each of them."""
    bags = [_bag(trace, kind) for trace in traces]
    codes = np.concatenate([np.empty(0, np.uint64), *(codes for codes, _ in bags)])
    counts = np.concatenate([np.empty(0), *(counts for _, counts in bags)])
    of_trace = np.repeat(np.arange(len(bags)), [len(codes) for codes, _ in bags])
    table, at, spread = np.unique(codes, return_inverse=True, return_counts=True)
    weights = _weight(len(bags), spread, rare=kind.rare)
    weighted = counts * weights[at]
    lengths = np.sqrt(np.bincount(of_trace, weighted**2, minlength=len(bags)))
    order = np.argsort(at, kind="stable")
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(spread)]).astype(np.int64)
    shares = (weighted / np.maximum(lengths[of_trace], 1e-12))[order].astype(np.float32)
    found = Neighbours(kind, table, weights, starts, of_trace[order].astype(np.int64), shares, np.ones(len(bags)))
    return msgspec.structs.replace(found, alone=np.array([_alone(found, at, trace) for at, trace in enumerate(traces)]))


def _alone(neighbours: Neighbours, at: int, trace: Calls) -> float:
    likeness = neighbours.likeness(trace)
    likeness[at] = 0
    return float(np.clip(1 - likeness.max(initial=0.0), 0, 1))


def _bag(trace: Calls, kind: Kind) -> tuple[Codes, Floats]:
    """The distinct runs of all lengths, each with the square root of its count."""
    several = [codes for length, codes in enumerate(runs(trace, kind.longest), 1) if length >= kind.shortest]
    codes, counts = np.unique(np.concatenate(several), return_counts=True)
    return codes, np.sqrt(counts)


def _weight(traces: int, spread: NDArray[np.int64] | Floats, *, rare: bool) -> Floats:
    return np.asarray(np.log((1 + traces) / (1 + spread)) + 1 if rare else np.ones(len(spread)), np.float64)
