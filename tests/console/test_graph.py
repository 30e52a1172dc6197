"""The picture of what hangs together with an asset."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.app.asset_graph import AssetGraph, Line, LineKind, Point, PointKind
from periderm.console.graph import BOX, EDGE, HIGH, graph
from periderm.model.text import Text


def told(columns: list[int]) -> AssetGraph:
    """Points in these columns, each on a line with the first."""
    name = Text("x", "x")
    points = tuple(Point(id=str(n), kind=PointKind.NODE, name=name, column=c) for n, c in enumerate(columns))
    lines = tuple(Line("0", p.id, LineKind.HOLDS) for p in points[1:])
    return AssetGraph(centre="0", points=points, lines=lines)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_nothing_overlaps_and_all_is_within(columns: list[int]) -> None:
    """Whatever is in which column."""
    found = graph(told(columns))
    seen: dict[float, list[float]] = {}
    for box in found.boxes:
        assert EDGE <= box.x <= found.width - BOX - EDGE + 0.1
        assert EDGE <= box.y <= found.height - HIGH - EDGE + 0.1
        assert all(abs(box.y - other) >= HIGH for other in seen.get(box.x, []))
        seen.setdefault(box.x, []).append(box.y)
    assert len(found.curves) == len(columns) - 1


def test_columns_go_from_left_to_right() -> None:
    """A column without a point takes no room."""
    found = {box.point.id: box.x for box in graph(told([1, 0, 3])).boxes}
    assert found["1"] < found["0"] < found["2"]
    assert found["2"] - found["0"] == found["0"] - found["1"]


def test_a_line_past_a_column_runs_between_its_boxes() -> None:
    """It does not seem to begin at one of them."""
    found = graph(told([1, 2, 2, 2, 3]))
    middle = [b for b in found.boxes if b.point.column == 2]
    past = next(c.path for c in found.curves if c.line.target == "4")
    level = float(past.split("H")[0].rsplit(" ", 1)[1])
    assert all(level < box.y or level > box.y + HIGH for box in middle)
