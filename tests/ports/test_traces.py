"""What every plug for folders of traces keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.trace_folders_local import LocalTraceFolders
from periderm.model.errors import NotFoundError, UsageError
from periderm.ports.traces import TraceFolders


@pytest.fixture(params=[LocalTraceFolders])
def folders(request: pytest.FixtureRequest) -> TraceFolders:
    """Each plug."""
    made: TraceFolders = request.param()
    return made


def test_files_are_told_sorted_and_nothing_hidden(folders: TraceFolders, tmp_path: Path) -> None:
    """So that two runs say the same in the same order."""
    (tmp_path / "in").mkdir()
    for name in ("b", "a", "in/c", ".d"):
        (tmp_path / name).write_text("1")
    assert folders.below(str(tmp_path)) == [str(tmp_path / name) for name in ("a", "b", "in/c")]


def test_errors_are_of_the_family(folders: TraceFolders, tmp_path: Path) -> None:
    """A missing folder and a file."""
    (tmp_path / "file").touch()
    with pytest.raises(NotFoundError):
        folders.below(str(tmp_path / "gone"))
    with pytest.raises(UsageError):
        folders.below(str(tmp_path / "file"))
