"""A group's place is durable, and a torn write leaves the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.bus_local.groups import Group, next_of
from periderm.model.errors import BusError


def test_a_place_is_kept(tmp_path: Path) -> None:
    """For the next process, and for those who only look."""
    path = tmp_path / "groups" / "g"
    assert next_of(path) is None
    group = Group(path, begin=5)
    assert (group.next, next_of(path)) == (5, 5)
    for after in (6, 9, 20):
        group.move(after)
        assert next_of(path) == after
    group.close()
    again = Group(path, begin=0)
    assert again.next == 20
    again.close()


def test_a_torn_write_leaves_the_place_before(tmp_path: Path) -> None:
    """Whichever of the two slots is half written or damaged, the other holds; the file never grows."""
    path = tmp_path / "g"
    group = Group(path, begin=0)
    size = path.stat().st_size
    for after in range(1, 6):
        group.move(after)
        data = bytearray(path.read_bytes())
        newest = max((0, 4096), key=lambda start: data[start + 8 : start + 16])
        data[newest + 16] ^= 1
        (tmp_path / "torn").write_bytes(data)
        assert next_of(tmp_path / "torn") == after - 1
        assert path.stat().st_size == size
    group.close()


def test_a_place_that_cannot_be_read_begins_again(tmp_path: Path) -> None:
    """Both slots damaged: messages come again rather than get lost."""
    (tmp_path / "g").write_bytes(bytes(9000))
    group = Group(tmp_path / "g", begin=3)
    assert group.next == 3
    group.close()


def test_one_process_reads_for_a_group(tmp_path: Path) -> None:
    """The second is told."""
    group = Group(tmp_path / "g", begin=0)
    with pytest.raises(BusError) as caught:
        Group(tmp_path / "g", begin=0)
    assert caught.value.next_step
    group.close()
    with pytest.raises(BusError):
        group.move(1)
