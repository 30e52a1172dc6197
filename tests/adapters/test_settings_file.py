"""The file with all settings on a real disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.settings_file import mark_of, read_settings, write_new
from periderm.model.errors import DeniedError, NotFoundError


def test_it_is_made_once_and_read(tmp_path: Path) -> None:
    """A second time refuses: what a person wrote is never overwritten."""
    path = str(tmp_path / "a" / "b.toml")
    write_new(path, "x = '中'\n")
    assert read_settings(path).decode() == "x = '中'\n"
    with pytest.raises(DeniedError, match="there already"):
        write_new(path, "")
    with pytest.raises(DeniedError, match="cannot be made"):
        write_new(f"{path}/c", "")


def test_what_others_could_have_written_is_refused(tmp_path: Path) -> None:
    """Whoever writes it decides what is watched; a pipe or folder would hang or fail."""
    path = tmp_path / "x"
    with pytest.raises(NotFoundError):
        read_settings(str(path))
    path.write_text("")
    path.chmod(0o666)
    with pytest.raises(DeniedError, match="Everybody"):
        read_settings(str(path))
    os.mkfifo(tmp_path / "pipe")
    for other in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(DeniedError):
            read_settings(str(other))
    if os.geteuid() == 0:
        path.chmod(0o644)
        os.chown(path, 12345, 12345)
        with pytest.raises(DeniedError, match="somebody else"):
            read_settings(str(path))


def test_a_change_changes_its_mark(tmp_path: Path) -> None:
    """Also one that keeps the size, and one by renaming; nothing there is a mark too."""
    path = tmp_path / "x"
    assert mark_of(str(path)) == ()
    path.write_text("a")
    first = mark_of(str(path))
    assert mark_of(str(path)) == first
    (tmp_path / "y").write_text("b")
    (tmp_path / "y").replace(path)
    assert mark_of(str(path)) != first
