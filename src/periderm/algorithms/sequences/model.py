"""The sequence detector: several views of a trace, calibrated on ordinary traces that were new to it, and their mean.

Views that err in unlike ways: what the whole is made of, whether it stands where others like it stand, by short runs and by
long ones, and whether it goes the ways that were gone before. Long runs tell most: what an attacker does is made of ordinary
steps, but seldom of fifty ordinary ones in their order. It trains on ordinary traces only and is never told what an attack is.
Reads and writes no file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from periderm.algorithms.sequences import neighbours, stide
from periderm.algorithms.sequences.calibration import Calibration, calibrate
from periderm.algorithms.sequences.folds import FOLDS, Parts, by_kind, by_turn
from periderm.algorithms.sequences.grams import Calls
from periderm.algorithms.sequences.neighbours import Kind

Floats = NDArray[np.float64]
WINDOW, LONG_WINDOW, COMPANY = 24, 48, 32  # calls
SINGLE, SHORT, LONG = Kind(1, 1, rare=False), Kind(2, 5), Kind(16, 16)
_NEW = 0.25  # of the weight of a calibration is that of programs that were not recorded
VIEWS = ("calls", "short-runs", "long-runs", "ways", "long-ways", "company")


class Views(msgspec.Struct, frozen=True):
    """What was learned, before it is calibrated: neighbours by single calls, by runs of two to five and of sixteen calls,
    two lengths of windows, and windows whose order does not matter."""

    single: neighbours.Neighbours
    short: neighbours.Neighbours
    long: neighbours.Neighbours
    ways: stide.Stide
    long_ways: stide.Stide
    company: stide.Stide

    def scores(self, trace: Calls) -> tuple[float, ...]:
        """One for each of VIEWS, each in its own unit, more being stranger. The trace is not empty."""
        return (
            self.single.near(trace).apart,
            self.short.near(trace).beyond,
            self.long.near(trace).beyond,
            self.ways.kinds(trace),
            self.long_ways.kinds(trace),
            self.company.kinds(trace),
        )


class SequenceScore(msgspec.Struct, frozen=True):
    """`score`: mean deviation over all views, comparable between traces of any length, more being stranger. `share` of
    ordinary traces that score at least as high. `view` is the one that finds it strangest."""

    score: float
    share: float
    view: str
    calls: int


class SequenceModel(msgspec.Struct, frozen=True):
    """What is needed to score. `ordinary` are the scores of the ordinary traces, ascending, by what was learned of others;
    `unrecorded` the same by what was learned of others *of other kinds*: how programs score that were never recorded."""

    traces: int
    calls: int
    views: Views
    calibrations: tuple[Calibration, ...]
    ordinary: Floats
    unrecorded: Floats

    def score(self, trace: Calls, unrecorded: float = 0.0) -> SequenceScore:
        """An empty trace is wholly ordinary. `unrecorded` as in `limit`."""
        if not len(trace):
            return SequenceScore(0.0, 1.0, "", 0)
        each = _deviations(self.calibrations, self.views.scores(trace), len(trace))
        score = float(each.mean())
        share = (1 - unrecorded) * _share(self.ordinary, score) + unrecorded * _share(self.unrecorded, score)
        return SequenceScore(score, share, VIEWS[int(np.argmax(each))], len(trace))

    def limit(self, share: float, unrecorded: float = 0.0) -> float:
        """The score that this share of ordinary traces exceeds, if `unrecorded` is the share of them that comes from programs
        that were never recorded."""
        scores = np.concatenate([self.ordinary, self.unrecorded])
        weights = np.concatenate(
            [
                np.full(len(self.ordinary), (1 - unrecorded) / len(self.ordinary)),
                np.full(len(self.unrecorded), unrecorded / len(self.unrecorded)),
            ]
        )
        order = np.argsort(scores, kind="stable")
        above = 1 - np.cumsum(weights[order])  # of the ordinary, above each
        return float(scores[order][int(np.argmax(above <= share + 1e-9))])

    def told(self, limit: float) -> float:
        """The share of traces of programs that were never recorded above a limit."""
        return float((self.unrecorded > limit).mean())


def train(traces: Sequence[Calls], progress: Callable[[int, int], None] | None = None) -> SequenceModel:
    """From at least 10 ordinary traces that are not empty (ValueError). Their order decides only which are held back when."""
    tell = progress or (lambda _done, _of: None)
    traces = [trace for trace in traces if len(trace)]
    if len(traces) < 2 * FOLDS:
        raise ValueError(f"{len(traces)} traces")
    steps = 2 * FOLDS + 1
    lengths = np.array([len(trace) for trace in traces], np.int64)
    alone = _held_back(traces, by_turn(len(traces)), lambda done: tell(done, steps))
    kinds = by_kind(traces)
    together = _held_back(traces, kinds, lambda done: tell(FOLDS + done, steps)) if kinds.any() else alone
    tell(2 * FOLDS, steps)
    # Both ways of being new, so that a view that every new program upsets is not taken for one that finds attacks.
    both, twice = np.concatenate([alone, together]), np.concatenate([lengths, lengths])
    weights = np.repeat([1 - _NEW, _NEW], len(traces))
    calibrations = tuple(calibrate(both[:, view], twice, weights) for view in range(len(VIEWS)))
    ordinary, unrecorded = (np.sort(_means(calibrations, scores, lengths)) for scores in (alone, together))
    return SequenceModel(len(traces), int(lengths.sum()), learn(traces), calibrations, ordinary, unrecorded)


def learn(traces: Sequence[Calls]) -> Views:
    """All views of these traces."""
    return Views(
        neighbours.learn(traces, SINGLE),
        neighbours.learn(traces, SHORT),
        neighbours.learn(traces, LONG),
        stide.learn(traces, WINDOW),
        stide.learn(traces, LONG_WINDOW),
        stide.learn(traces, COMPANY, order=False),
    )


def _held_back(traces: Sequence[Calls], parts: Parts, tell: Callable[[int], None]) -> Floats:
    """Each trace's scores by what was learned of the other parts: a row a trace, a column a view."""
    scores = np.zeros((len(traces), len(VIEWS)))
    for part in range(int(parts.max()) + 1):
        tell(part)
        learned = learn([trace for trace, own in zip(traces, parts, strict=True) if own != part])
        for at in np.flatnonzero(parts == part).tolist():
            scores[at] = learned.scores(traces[at])
    return scores


def _means(calibrations: Sequence[Calibration], scores: Floats, lengths: NDArray[np.int64]) -> Floats:
    """Each trace's mean deviation."""
    each = [_deviations(calibrations, row, int(length)) for row, length in zip(scores, lengths, strict=True)]
    return np.asarray(np.array(each).mean(axis=1), np.float64)


def _deviations(calibrations: Sequence[Calibration], scores: Sequence[float] | Floats, length: int) -> Floats:
    """Each view's score in units of its ordinary spread."""
    return np.array([each.deviation(score, length) for each, score in zip(calibrations, scores, strict=True)])


def _share(scores: Floats, score: float) -> float:
    """Of these scores, ascending, those at least as high, the asked one among them."""
    above = len(scores) - int(np.searchsorted(scores, score))
    return (above + 1) / (len(scores) + 1)
