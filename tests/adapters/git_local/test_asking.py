"""git is asked in a way in which the repository decides nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from periderm.adapters.git_local.asking import ask, command, environment
from periderm.model.errors import ImageSourceError, NotFoundError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def test_a_folder_in_no_repository(tmp_path: Path) -> None:
    """Is told as such."""
    with pytest.raises(NotFoundError, match="no git repository"):
        ask(str(tmp_path), "rev-parse", "HEAD")


def test_what_git_refuses_is_told(tmp_path: Path) -> None:
    """In git's own words, shortened."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(ImageSourceError, match="cannot be asked"):
        ask(str(tmp_path), "cat-file", "-p", "nothing")
    assert ask(str(tmp_path), "rev-parse", "--verify", "--quiet", "HEAD", fine=(0, 1)) == b""


def test_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said that git is missing."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ImageSourceError, match="not installed"):
        command(".", "status")


def test_only_what_a_hook_is_told_comes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which index is about to become the commit, and nothing that runs programs."""
    monkeypatch.setenv("GIT_INDEX_FILE", "/x/next-index")
    monkeypatch.setenv("GIT_SSH_COMMAND", "evil")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "evil")
    told = environment(["filter.x.clean"])
    assert told["GIT_INDEX_FILE"] == "/x/next-index"
    assert "evil" not in told.values()
    assert (told["GIT_CONFIG_COUNT"], told["GIT_CONFIG_KEY_0"], told["GIT_CONFIG_VALUE_0"]) == ("1", "filter.x.clean", "")
