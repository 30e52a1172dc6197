"""Memory that is used again."""

from __future__ import annotations

from periderm.adapters.sensor_ebpf.blocks import Blocks


def test_what_is_held_is_not_given_again() -> None:
    """Neither while the rows live, nor while only a view of one column does."""
    blocks = Blocks(10)
    first = blocks.room(5)
    first["pid"] = 1
    second = blocks.room(10)
    second["pid"] = 2
    assert first["pid"].tolist() == [1] * 5
    column = first["pid"]
    del first
    third = blocks.room(3)
    third["pid"] = 3
    assert column.tolist() == [1] * 5


def test_what_is_let_go_is_used_again() -> None:
    """The same memory, not more of it."""
    blocks = Blocks(10)
    first = blocks.room(5)
    place = first.__array_interface__["data"]
    del first
    assert blocks.room(5).__array_interface__["data"] == place


def test_more_than_there_is_comes_from_elsewhere() -> None:
    """Any count is served; all of them are different memory."""
    blocks = Blocks(10, most=2)
    held = [blocks.room(10) for _ in range(5)] + [blocks.room(11)]
    assert len({rows.__array_interface__["data"] for rows in held}) == 6
    assert [len(rows) for rows in held] == [10, 10, 10, 10, 10, 11]
