"""The system's errors in the history's words, and files that are there as a whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from periderm.adapters.history_parquet import files
from periderm.model.errors import HistoryError


def test_an_error_says_what_to_do() -> None:
    """A full disk is told with what helps."""
    with pytest.raises(HistoryError, match="could not be written") as told, files.said("be written"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert "PERIDERM_HISTORY_MIB" in told.value.next_step


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """New bytes, our eyes only, nothing left beside."""
    target = tmp_path / "x"
    files.replace_file(target, b"1")
    files.replace_file(target, b"22")
    assert target.read_bytes() == b"22"
    assert target.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["x"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Whoever puts a link into the folder gets nothing written elsewhere."""
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="Too many levels"):
        files.open_file(tmp_path / "link", os.O_WRONLY | os.O_CREAT)


def test_moving_makes_the_folder(tmp_path: Path) -> None:
    """A file gets its last name in a folder for us only."""
    (tmp_path / "a").write_bytes(b"1")
    files.move(tmp_path / "a", tmp_path / "hour" / "b")
    assert (tmp_path / "hour" / "b").read_bytes() == b"1"
    assert (tmp_path / "hour").stat().st_mode & 0o777 == 0o700


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    """The second who asks gets none, until the first lets go."""
    held = files.lock(tmp_path / "lock")
    assert held is not None
    assert files.lock(tmp_path / "lock") is None
    os.close(held)
    again = files.lock(tmp_path / "lock")
    assert again is not None
    os.close(again)


def test_sizes(tmp_path: Path) -> None:
    """What is gone has no size; a file system has free room and a size."""
    (tmp_path / "a").write_bytes(b"123")
    assert files.size_of(tmp_path / "a") == 3
    assert files.size_of(tmp_path / "b") == 0
    free, size = files.free_bytes(tmp_path)
    assert 0 <= free <= size
