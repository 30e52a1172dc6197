"""Little bars for a cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.console.spark import HEIGHT, spark


def test_the_highest_day_is_the_cell() -> None:
    """Others in proportion, none of them invisible; the last day is marked."""
    found = spark([0, 1000, 500, 1])
    assert [b.height for b in found.bars] == [1, HEIGHT, HEIGHT // 2, 2]
    assert [b.kind for b in found.bars] == ["base", "", "", "today"]
    assert (found.total, found.most, found.today, found.days) == (1501, 1000, 1, 4)


@given(st.lists(st.integers(min_value=0, max_value=10**12), max_size=60))
def test_every_bar_is_within_the_cell(days: list[int]) -> None:
    """Whatever the counts are."""
    found = spark(days)
    assert len(found.bars) == len(days)
    for bar in found.bars:
        assert bar.y >= 0
        assert bar.height >= 1
        assert bar.y + bar.height == HEIGHT
        assert bar.x + 4 <= found.width
