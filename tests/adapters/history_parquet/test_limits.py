"""How much may be kept."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.history_parquet import files
from periderm.adapters.history_parquet.limits import LARGEST_LOG, MIB, Limits


def test_a_small_file_system_is_not_asked_for_more_than_a_tenth(tmp_path: Path) -> None:
    """And nothing is written when a quarter of that is left."""
    size = files.free_bytes(tmp_path)[1]
    assert Limits(free=1 << 60).floor(tmp_path) == size // 10
    assert Limits(free=MIB).floor(tmp_path) == MIB
    assert Limits(free=MIB).stop_below(tmp_path) == MIB // 4


def test_a_full_disk_cannot_erase_everything(tmp_path: Path) -> None:
    """A quarter of the quota stays, an eighth of a file system that is smaller than that."""
    assert Limits(quota=400).protected(tmp_path) == 100
    assert Limits(quota=1 << 60).protected(tmp_path) == files.free_bytes(tmp_path)[1] // 2 // 4
    assert Limits(quota=400).largest_log(tmp_path) == 25
    assert Limits(quota=1 << 60).largest_log(tmp_path) <= LARGEST_LOG


def test_age() -> None:
    """Half a day is half a day."""
    assert Limits(days=0.5).oldest(10**18) == 10**18 - 43_200 * 10**9
