"""Folders of traces: what is in them, and what is passed over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.trace_folders_local import LocalTraceFolders
from periderm.model.errors import NotFoundError, UsageError

FOLDERS = LocalTraceFolders()


def test_all_files_below_are_found_in_their_order(tmp_path: Path) -> None:
    """Folders in folders, as corpora have them; hidden files, links and pipes are no traces."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for name in ("z.txt", "b/a.txt", "b/c/d.txt", ".hidden", ".git/e.txt"):
        (tmp_path / name).write_text("6 6")
    os.symlink(tmp_path / "z.txt", tmp_path / "link")
    os.symlink(tmp_path / "b", tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    assert FOLDERS.below(str(tmp_path)) == [str(tmp_path / name) for name in ("b/a.txt", "b/c/d.txt", "z.txt")]


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    """A missing one and a file are two sentences."""
    (tmp_path / "file").touch()
    with pytest.raises(NotFoundError):
        FOLDERS.below(str(tmp_path / "gone"))
    with pytest.raises(UsageError, match="not a folder"):
        FOLDERS.below(str(tmp_path / "file"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_without_rights_is_said(tmp_path: Path) -> None:
    """Not as if it were empty."""
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(UsageError, match="cannot be read"):
        FOLDERS.below(str(tmp_path))
