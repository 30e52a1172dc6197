"""Small multiples: one little picture for each program and measure, all of the same shape, so that eyes compare them.

Each picture has its own height, since programs differ by factors of a million; the greatest figure stands beside it.
"""

from __future__ import annotations

import msgspec

from periderm.app.resource_uses import ProgramUse

WIDTH, HEIGHT, GAP = 144, 84, 4


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the day: `x` and `width`, the heights of what half of all figures stay below (`median`), what 99 of 100
    stay below (`high`), and where the highest lay (`top`), each counted from above. `empty` if nothing was measured."""

    x: float
    width: float
    median: float
    high: float
    top: float
    empty: bool


def columns(use: ProgramUse) -> tuple[Column, ...]:
    """The picture of one measure of one program."""
    width = WIDTH / len(use.parts)
    whole = use.most
    return tuple(
        Column(
            x=round(number * width + GAP / 2, 2),
            width=round(width - GAP, 2),
            median=_from_above(part.median, whole),
            high=_from_above(part.high, whole),
            top=_from_above(part.most, whole),
            empty=not part.figures,
        )
        for number, part in enumerate(use.parts)
    )


def _from_above(figure: float, whole: float) -> float:
    return round(HEIGHT * (1 - min(1.0, figure / whole)), 2) if whole else float(HEIGHT)
