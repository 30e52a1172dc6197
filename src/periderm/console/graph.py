"""Lays out the picture of what hangs together with an asset: columns from left to right, lines as curves between them. Numbers
only: the template draws, and a table beside it says the same."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.app.asset_graph import AssetGraph, Line, Point

BOX, HIGH, GAP, BETWEEN, EDGE = 232, 26, 8, 84, 8


class Placed(msgspec.Struct, frozen=True):
    """A point with its upper left corner."""

    point: Point
    x: float
    y: float


class Curve(msgspec.Struct, frozen=True):
    """A line as the path of an SVG."""

    line: Line
    path: str


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """Pixels."""

    width: float
    height: float
    boxes: tuple[Placed, ...]
    curves: tuple[Curve, ...]


def graph(told: AssetGraph) -> Graph:
    """The layout. Columns without a point take no room; each is centred."""
    columns = sorted({point.column for point in told.points})
    members = {column: [p for p in told.points if p.column == column] for column in columns}
    high = max((_height(len(several)) for several in members.values()), default=0)
    boxes: dict[str, Placed] = {}
    for place, column in enumerate(columns):
        x = EDGE + place * (BOX + BETWEEN)
        y = EDGE + (high - _height(len(members[column]))) / 2
        for number, point in enumerate(members[column]):
            boxes[point.id] = Placed(point, x, round(y + number * (HIGH + GAP), 1))
    curves = tuple(Curve(line, _curve(boxes[line.source], boxes[line.target], boxes.values())) for line in told.lines)
    width = 2 * EDGE + len(columns) * BOX + max(0, len(columns) - 1) * BETWEEN
    return Graph(width=width, height=high + 2 * EDGE, boxes=tuple(boxes.values()), curves=curves)


def _height(count: int) -> float:
    return max(0, count * (HIGH + GAP) - GAP)


def _curve(source: Placed, target: Placed, boxes: Iterable[Placed]) -> str:
    """From the right side of the left one to the left side of the right one; level where it leaves and where it comes. Past a
    column that stands between, it runs through a gap between two boxes, so that it does not seem to begin there."""
    left, right = sorted((source, target), key=lambda each: each.x)
    x1, y1, x2, y2 = left.x + BOX, left.y + HIGH / 2, right.x, right.y + HIGH / 2
    between = sorted({each.x for each in boxes if x1 <= each.x < x2 - BOX / 2})
    if not between:
        return f"M{x1:g} {y1:g}{_bend(x1, y1, x2, y2)}"
    tops = [each.y for each in boxes if each.x in between]
    level = min((y + edge for y in tops for edge in (-GAP / 2, HIGH + GAP / 2)), key=lambda y: (abs(y - y1), y))
    begin, end = between[0], between[-1] + BOX
    return f"M{x1:g} {y1:g}{_bend(x1, y1, begin, level)}H{end:g}{_bend(end, level, x2, y2)}"


def _bend(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
