"""What the kernel says of this process."""

from __future__ import annotations

import time
from pathlib import Path

from periderm.adapters.own_process import folder_bytes, free_bytes, own_figures, size_of


def test_figures_are_of_this_process() -> None:
    """In base units: bytes and seconds; it began before now and within the machine's life."""
    found = {family.name: family.samples[0].value for family in own_figures()}
    assert 1 << 20 < found["process_resident_memory_bytes"] < 1 << 36
    assert found["process_virtual_memory_bytes"] > found["process_resident_memory_bytes"]
    assert 0 < found["process_cpu_seconds_total"] < 1e6
    assert 0 < found["process_open_fds"] <= found["process_max_fds"]
    assert time.time_ns() / 1e9 - 86400 < found["process_start_time_seconds"] <= time.time_ns() / 1e9 + 1


def test_room_and_sizes(tmp_path: Path) -> None:
    """What is not there takes none; where nothing can be told nobody is alarmed."""
    (tmp_path / "x").write_bytes(b"12345")
    assert size_of(str(tmp_path / "x")) == 5
    assert size_of(str(tmp_path / "y")) == 0
    assert 0 < free_bytes(str(tmp_path)) < 1 << 60
    assert free_bytes("/nowhere/at/all") == 1 << 60


def test_a_folder_takes_what_its_files_take(tmp_path: Path) -> None:
    """Those below it too; a folder that is not there takes nothing."""
    (tmp_path / "x").write_bytes(b"12345")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "y").write_bytes(b"123")
    assert folder_bytes(str(tmp_path)) == 8
    assert folder_bytes("/nowhere/at/all") == 0
