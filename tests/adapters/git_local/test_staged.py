"""What is staged is read out of the index, whole, and nothing of the repository runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from periderm.adapters.git_local import staged
from periderm.adapters.git_local.staged import StagedFiles, listed
from periderm.adapters.image_folder import Tree, folder_layer
from periderm.model.errors import ImageSourceError, NotFoundError, UsageError
from periderm.model.image import FileType
from tests.adapters.git_local.repository import git, repository, trap

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def contents(folder: Path, cache: Path) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """(what is staged, what was left out)."""
    source = StagedFiles(lambda path, names: folder_layer(Tree(path, skip_names=names), ""), str(cache))
    with source.open(str(folder), "") as image:
        (layer,) = image.layers
        found = {e.entry.path: e.read() for e in layer.entries() if e.entry.type is FileType.REGULAR}  # type: ignore[union-attr]  # a tree
        missed = image.missed
    assert list(cache.iterdir()) == []
    return found, missed


def test_the_index_and_not_the_working_tree(tmp_path: Path) -> None:
    """Before the first commit and after it; what is deleted, committed or not staged is not there."""
    folder = repository(tmp_path / "repo")
    (folder / "sub").mkdir()
    (folder / "sub" / "a b").write_text("staged")
    (folder / "old").write_text("old")
    (folder / "gone").write_text("gone")
    git(folder, "add", ".")
    (folder / "sub" / "a b").write_text("changed since")
    first = {"sub/a b": b"staged", "old": b"old", "gone": b"gone"}
    assert contents(folder, tmp_path / "cache") == (first, ())
    assert contents(folder / "sub", tmp_path / "cache") == (first, ())
    git(folder, "commit", "-qm", "x")
    git(folder, "rm", "-q", "gone")
    (folder / "new").write_bytes(b"\0\xff")
    (folder / "loose").write_text("not staged")
    os.symlink("/etc/passwd", folder / "link")
    git(folder, "add", "new", "link")
    assert contents(folder, tmp_path / "cache") == ({"new": b"\0\xff"}, ())


def test_a_hostile_repository_runs_nothing(tmp_path: Path) -> None:
    """Hooks, filters, monitors, external diffs, text converters, helpers."""
    folder = repository(tmp_path / "repo")
    (folder / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (folder / "a").write_text("x")
    git(folder, "add", ".")
    caught = trap(folder)
    assert contents(folder, tmp_path / "cache")[0]["a"] == b"x"
    assert not caught.exists()


def test_an_index_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that lead out are left out and said; an object that is not here is an error, and nothing is fetched."""
    folder = repository(tmp_path / "repo")
    (folder / "a").write_text("x")
    git(folder, "add", "a")
    good = git(folder, "rev-parse", ":a")
    for name in ("../out", "/abs", ".git/hooks/x", "a/../b", "a//b"):
        monkeypatch.setattr(staged, "ask", lambda *_, name=name, **__: f":0 100644 0 {good} A\0{name}\0".encode())
        files, missed = listed(str(folder))
        assert (files, len(missed)) == ([], 1)
    monkeypatch.undo()
    git(folder, "update-index", "--add", "--cacheinfo", f"100644,{'1' * 40},ghost")
    with pytest.raises(ImageSourceError, match="does not have the content"):
        contents(folder, tmp_path / "cache")


def test_limits_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large, and more files than are looked at."""
    folder = repository(tmp_path / "repo")
    (folder / "big").write_bytes(b"x" * 1000)
    (folder / "small").write_bytes(b"y")
    git(folder, "add", ".")
    monkeypatch.setattr(staged, "LARGEST", 100)
    found, missed = contents(folder, tmp_path / "cache")
    assert found == {"small": b"y"}
    assert "too large" in missed[0]
    monkeypatch.setattr(staged, "MOST_FILES", 1)
    assert "More than 1 files" in listed(str(folder))[1][0]


def test_what_is_no_repository(tmp_path: Path) -> None:
    """A folder without one, none at all, a branch that was asked for."""
    for where, error in ((tmp_path, NotFoundError), (tmp_path / "none", NotFoundError)):
        with pytest.raises(error):
            contents(where, tmp_path / "cache")
    source = StagedFiles(lambda path, names: folder_layer(Tree(path, skip_names=names), ""), str(tmp_path))
    with pytest.raises(UsageError), source.open(str(tmp_path), "main"):
        pass
