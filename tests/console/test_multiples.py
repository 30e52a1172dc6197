"""Small multiples."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.app.resource_uses import PartUse, ProgramUse
from periderm.console.multiples import GAP, HEIGHT, WIDTH, columns
from periderm.model.behaviour import Aspect
from periderm.model.text import Text

figures = st.floats(min_value=0, max_value=1e18)


def use(*triples: tuple[float, float, float]) -> ProgramUse:
    """Of one program; each triple is sorted."""
    parts = tuple(
        PartUse(begins=4 * n, figures=3, median=low, high=high, most=most) for n, (low, high, most) in enumerate(triples)
    )
    return ProgramUse(program="/bin/x", aspect=Aspect.CPU, name=Text("c", "c"), unit="%", parts=parts)


@given(st.lists(st.lists(figures, min_size=3, max_size=3).map(sorted), min_size=1, max_size=6))
def test_nothing_is_drawn_outside_and_more_is_higher(values: list[list[float]]) -> None:
    """Whatever was measured; the highest of all touches the top."""
    drawn = columns(use(*((a, b, c) for a, b, c in values)))
    for column in drawn:
        assert 0 <= column.x <= column.x + column.width <= WIDTH
        assert 0 <= column.top <= column.high <= column.median <= HEIGHT
    if any(c for *_, c in values):
        assert min(column.top for column in drawn) == 0


def test_nothing_measured_is_not_zero() -> None:
    """A column without figures says so; columns do not touch."""
    empty = ProgramUse(program="/bin/x", aspect=Aspect.CPU, name=Text("c", "c"), unit="", parts=(PartUse(begins=0),) * 6)
    drawn = columns(empty)
    assert all(column.empty and column.median == HEIGHT for column in drawn)
    assert drawn[1].x - (drawn[0].x + drawn[0].width) == GAP
