"""What a score means: how many deviations above what ordinary traces of the same length have. Knows no view of a trace.

A short trace has few windows, so that one unseen run weighs much; in a long one something new is ordinary. So mean and spread
are taken among traces of about the same length, and scores of unlike views become comparable.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PLACES = 24  # on the axis of the length's logarithm
_BREADTH = 0.6  # of the neighbourhood, in units of that logarithm
_LEAST = 0.25  # of the whole spread: where all ordinary traces score the same, a hair's breadth is no deviation


class Calibration(msgspec.Struct, frozen=True):
    """Mean and spread of ordinary scores at places of the length's natural logarithm."""

    places: Floats
    means: Floats
    spreads: Floats

    def deviation(self, score: float, length: int) -> float:
        """In units of the spread; below 0 is more ordinary than the mean."""
        at = np.log(max(length, 1))
        mean = np.interp(at, self.places, self.means)
        return float((score - mean) / np.interp(at, self.places, self.spreads))


def calibrate(scores: Floats, lengths: NDArray[np.int64], weights: Floats | None = None) -> Calibration:
    """From scores of ordinary traces that the scorer had not learned, each as heavy as it says."""
    weights = np.ones(len(scores)) if weights is None else weights
    logs = np.log(np.maximum(lengths, 1))
    places = np.linspace(logs.min(), logs.max(), _PLACES)
    near = np.exp(-((places[:, None] - logs[None]) ** 2) / (2 * _BREADTH**2)) * weights
    near /= near.sum(axis=1, keepdims=True)
    means = near @ scores
    whole = np.average((scores - np.average(scores, weights=weights)) ** 2, weights=weights) ** 0.5
    spreads = np.sqrt(np.maximum(near @ scores**2 - means**2, 0)) + _LEAST * whole + 1e-9
    return Calibration(places, means, spreads)
