"""Files of people who may be hostile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.records_local import LocalRecords


@pytest.fixture
def records() -> LocalRecords:
    """Files up to ten bytes."""
    return LocalRecords(limit=10)


def test_a_file_is_read_whole(records: LocalRecords, tmp_path: Path) -> None:
    """Up to the limit, and not beyond."""
    (tmp_path / "a").write_bytes(b"0123456789")
    (tmp_path / "b").write_bytes(b"0123456789x")
    assert records.read(str(tmp_path / "a")) == b"0123456789"
    assert records.read(str(tmp_path / "b")) == b""


def test_a_link_is_not_followed(records: LocalRecords, tmp_path: Path) -> None:
    """Nobody makes root read another file."""
    (tmp_path / "a").write_bytes(b"secret")
    (tmp_path / "l").symlink_to(tmp_path / "a")
    assert records.read(str(tmp_path / "l")) == b""
    assert records.stamp(str(tmp_path / "l")) == ()


def test_a_pipe_does_not_hang(records: LocalRecords, tmp_path: Path) -> None:
    """Nobody will ever write into it."""
    os.mkfifo(tmp_path / "p")
    assert records.read(str(tmp_path / "p")) == b""


@pytest.mark.parametrize("path", ["/dev/zero", "/", "/nonexistent/x", "/a\0b", ""])
def test_what_is_no_file_is_empty(records: LocalRecords, path: str) -> None:
    """Devices, folders, nothing, and a name that cannot be."""
    assert records.read(path) == b""
    assert records.stamp(path) == ()


def test_a_folder_is_listed_in_order(records: LocalRecords, tmp_path: Path) -> None:
    """And what is none is empty."""
    for name in "cab":
        (tmp_path / name).touch()
    assert list(records.names(str(tmp_path))) == ["a", "b", "c"]
    assert list(records.names(str(tmp_path / "a"))) == []
    assert list(records.names("/a\0b")) == []


def test_a_stamp_changes_with_the_file(records: LocalRecords, tmp_path: Path) -> None:
    """Also when it is replaced by one of the same size and time."""
    file = tmp_path / "a"
    file.write_bytes(b"1")
    os.utime(file, (1, 1))
    first = records.stamp(str(file))
    other = tmp_path / "b"
    other.write_bytes(b"2")
    os.utime(other, (1, 1))
    other.replace(file)
    assert records.stamp(str(file)) != first
