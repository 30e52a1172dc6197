"""`periderm scan repo --staged`, as a hook calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.adapters.git_local.repository import git, repository
from tests.building import pem

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """In a repository, with a state of its own."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PERIDERM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    folder = repository(tmp_path / "repo")
    monkeypatch.chdir(folder)
    return folder


def test_only_what_is_staged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the folder where it runs, without naming it; a build file is judged too."""
    Path("loose.pem").write_bytes(pem(b"8" * 32)[0])
    Path("Containerfile").write_text("FROM scratch\nUSER root\n")
    git(here, "add", "Containerfile")
    arguments = [
        "scan",
        "repo",
        "--staged",
        "--scanners",
        "secrets,configuration",
        "--format",
        "json",
        "--fail-on",
        "kind == 'secret'",
    ]
    assert run(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert {f["location"] for f in told["findings"]} == {"Containerfile"}
    git(here, "add", "loose.pem")
    assert run(arguments) == 1


def test_where_nothing_can_be_staged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder, an image: told."""
    assert run(["scan", "fs", ".", "--staged"]) == 2
    assert "staged" in capsys.readouterr().err
