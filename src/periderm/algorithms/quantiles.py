"""How a measured figure is spread, in buckets that grow by a tenth: small, mergeable, and never wrong by more than 5 %.

As DDSketch (Masson, Rim, Lee: 'DDSketch', VLDB 2019), with a fixed base and without its collapse, as no figure of a process
needs more than some hundred buckets. Judgement is by the median and the distance of high quantiles from it, which single
outliers do not move, and not by a mean. Says nothing of time: who calls keeps parts of the day apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

GROWTH = 1.1  # each bucket's upper bound is this many times the one before
_LOG = math.log(GROWTH)
SMALLEST = -100  # bucket of all that is below GROWTH ** SMALLEST (0.00007), zero too
LARGEST = 500  # of all above 4.9e20
_LEAST_SPREAD = 1.25  # a figure that never changed may be a quarter higher
_LEAST_COUNT = 20  # with fewer, nothing is above normal


class Spread(NamedTuple):
    """`figures` were seen, half of them at most `median`, 99 of 100 at most `high`, all at most `most`."""

    figures: int
    median: float
    high: float
    most: float


def bucket(figure: float) -> int:
    """The bucket of a figure that is not negative (ValueError otherwise)."""
    if not figure >= 0:
        raise ValueError(f"{figure} has no bucket")
    if figure <= 0:
        return SMALLEST
    if math.isinf(figure):
        return LARGEST
    return max(SMALLEST, min(LARGEST, math.ceil(math.log(figure) / _LOG)))


def figure(number: int) -> float:
    """What stands for all figures of a bucket: its middle, 0 for the smallest."""
    return 0.0 if number <= SMALLEST else 2 * GROWTH**number / (1 + GROWTH)


def total(several: Iterable[Iterable[tuple[int, int]]]) -> dict[int, int]:
    """Histograms of several nodes, as pairs of (bucket, how often), in one."""
    counts: dict[int, int] = {}
    for pairs in several:
        for number, often in pairs:
            counts[number] = counts.get(number, 0) + often
    return counts


def quantile(counts: Mapping[int, int], share: float) -> float:
    """The figure that this share (0 to 1) of all figures do not exceed; 0 where there are none."""
    return figure(_rank(sorted(counts.items()), share)) if counts else 0.0


def spread(counts: Mapping[int, int]) -> Spread:
    """The whole histogram in four figures."""
    if not counts:
        return Spread(0, 0.0, 0.0, 0.0)
    pairs = sorted(counts.items())
    return Spread(sum(often for _, often in pairs), figure(_rank(pairs, 0.5)), figure(_rank(pairs, 0.99)), figure(pairs[-1][0]))


def above(counts: Mapping[int, int], seen: float, least: float = 0.0) -> float:
    """How far the figure is above normal: 0 is within what was seen, 1 as far above the highest as that is above the median,
    on a scale of factors; more than that is more. `least` is a figure that is never above normal, in the same unit.
    Always 0 with fewer than 20 figures: nothing is known then."""
    normal = spread(counts)
    if normal.figures < _LEAST_COUNT or seen <= least or seen <= normal.most:
        return 0.0
    base = max(normal.median, least, GROWTH**SMALLEST)
    top = max(normal.most, base)
    reach = max(top / base, _LEAST_SPREAD)
    return max(0.0, math.log(seen / top) / math.log(reach)) if seen > top else 0.0


def _rank(pairs: list[tuple[int, int]], share: float) -> int:
    """Bucket of the figure at this share."""
    wanted = max(1, math.ceil(share * sum(often for _, often in pairs)))
    passed = 0
    for number, often in pairs:
        passed += often
        if passed >= wanted:
            return number
    return pairs[-1][0]
