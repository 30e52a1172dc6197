"""Which commit a folder is at: told without running anything of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from periderm.adapters.git_local.state import GitStates
from periderm.ports.source_state import SourceState
from tests.adapters.git_local.repository import git, repository, trap

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def test_commit_branch_address_and_changes(tmp_path: Path) -> None:
    """Without the password of the address; a new file counts as a change."""
    folder = repository(tmp_path / "repo")
    assert GitStates().look(str(folder)) == SourceState()
    (folder / "a").write_text("x")
    git(folder, "add", "a")
    git(folder, "commit", "-qm", "x")
    git(folder, "remote", "add", "origin", "https://me:" + "pw@git.example/shop")
    seen = GitStates().look(str(folder))
    commit = git(folder, "rev-parse", "HEAD")
    assert seen == SourceState(commit=commit, ref="refs/heads/main", address="https://git.example/shop", dirty=False)
    (folder / "b").write_text("y")
    assert GitStates().look(str(folder)).dirty


def test_a_hostile_repository_runs_nothing(tmp_path: Path) -> None:
    """Not even where a file must be compared, and a filter would say how."""
    folder = repository(tmp_path / "repo")
    (folder / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (folder / "a").write_text("x")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "x")
    caught = trap(folder)
    (folder / "a").write_text("y")  # the same size: only its content tells
    assert GitStates().look(str(folder)).dirty
    assert not caught.exists()


def test_nothing_known(tmp_path: Path) -> None:
    """No repository, no folder, an address."""
    for place in (str(tmp_path), str(tmp_path / "none"), "https://git.example/x"):
        assert GitStates().look(place) == SourceState()
