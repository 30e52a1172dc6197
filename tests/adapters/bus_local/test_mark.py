"""The shared mark is seen by others at once, and does not lie when it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.bus_local.mark import Mark
from periderm.model.errors import BusError


def test_others_see_it_at_once(tmp_path: Path) -> None:
    """Also the next process."""
    one, two = Mark(tmp_path / "mark"), Mark(tmp_path / "mark")
    assert two.get() == 0
    one.set(2**40)
    assert two.get() == 2**40
    one.close()
    two.close()
    three = Mark(tmp_path / "mark")
    assert three.get() == 2**40
    three.close()


def test_a_half_set_mark_is_the_smaller(tmp_path: Path) -> None:
    """Its two words are set one after the other; a process may die in between."""
    mark = Mark(tmp_path / "mark")
    mark.set(100)
    mark._words[0] = 200
    assert mark.get() == 100
    mark._words[0] = 50
    assert mark.get() == 50
    mark.close()


def test_a_closed_mark_says_so(tmp_path: Path) -> None:
    """A thread that still waits gets an error of ours."""
    mark = Mark(tmp_path / "mark")
    mark.close()
    with pytest.raises(BusError):
        mark.get()


def test_a_short_file_is_filled_up(tmp_path: Path) -> None:
    """A process that died while it made the file costs nothing; reading past a file's end would cost the process."""
    (tmp_path / "mark").write_bytes(b"\x07")
    mark = Mark(tmp_path / "mark")
    mark.set(3)
    assert (tmp_path / "mark").stat().st_size == 4096
    assert mark.get() == 3
    mark.close()
