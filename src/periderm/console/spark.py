"""Little bars for a cell: a count for each day, the highest as tall as the cell, with the same in words for those who cannot
see them. Numbers only; the template draws."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

STEP, BAR, HEIGHT = 5, 4, 16
BASE = 1  # pixels of a day on which nothing was, so that the days can be counted


class SparkBar(msgspec.Struct, frozen=True):
    """One day in pixels from the top left."""

    x: int
    y: int
    height: int
    kind: str  # 'base' for nothing, 'today' for the last, '' else


class Spark(msgspec.Struct, frozen=True, kw_only=True):
    """`total`, `most` in one day and `today` are what the words say."""

    width: int
    height: int
    bars: tuple[SparkBar, ...]
    days: int
    total: int
    most: int
    today: int


def spark(days: Sequence[int]) -> Spark:
    """Of counts, the oldest first. What is not nothing is at least two pixels high."""
    most = max(days, default=0)
    bars = []
    for at, count in enumerate(days):
        high = max(2, round(HEIGHT * count / most)) if count > 0 else BASE
        kind = "base" if count <= 0 else "today" if at == len(days) - 1 else ""
        bars.append(SparkBar(at * STEP, HEIGHT - high, high, kind))
    return Spark(
        width=max(1, len(days) * STEP - (STEP - BAR)),
        height=HEIGHT,
        bars=tuple(bars),
        days=len(days),
        total=sum(days),
        most=most,
        today=days[-1] if days else 0,
    )
