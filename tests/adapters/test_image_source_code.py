"""Folders of source code and git repositories: real ones, made here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from periderm.adapters.image_folder import Tree, folder_layer
from periderm.adapters.image_source_code import SourceCode, without_password
from periderm.model.errors import ImageSourceError, NotFoundError, UsageError
from periderm.ports.image_source import TreeLayer

IDENTITY = (
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.org",
    "-c",
    "init.defaultBranch=main",
    "-c",
    "commit.gpgsign=false",
)


def git(folder: Path, *arguments: str) -> str:
    """Runs git as a developer would."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    command = ["git", *IDENTITY, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def repository(folder: Path) -> str:
    """A repository with two branches; the commit of `main`."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    (folder / "requirements.txt").write_text("django==4.2.1\n")
    (folder / "out").symlink_to("/etc/passwd")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    git(folder, "checkout", "--quiet", "-b", "next")
    (folder / "more.txt").write_text("x")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "second")
    git(folder, "checkout", "--quiet", "main")
    return git(folder, "rev-parse", "HEAD")


def source(tmp_path: Path) -> SourceCode:
    """As wiring makes it."""
    return SourceCode(lambda path, names: folder_layer(Tree(path, skip_names=names), ""), str(tmp_path / "cache"))


def paths(layers: tuple[object, ...]) -> set[str]:
    """All that is neither a folder nor empty."""
    (layer,) = layers
    assert isinstance(layer, TreeLayer)
    return {item.entry.path for item in layer.entries() if item.entry.size or item.entry.link}


def test_a_working_tree_is_read_as_it_lies(tmp_path: Path) -> None:
    """Files that are not committed count too, git's own do not; the commit is named."""
    commit = repository(tmp_path / "app")
    (tmp_path / "app/new.lock").write_text("x")
    with source(tmp_path).open(str(tmp_path / "app"), "") as image:
        assert paths(image.layers) == {"requirements.txt", "out", "new.lock"}
    assert image.reference.endswith(f"app@{commit[:12]}")


def test_a_branch_is_fetched_and_removed_again(tmp_path: Path) -> None:
    """Another branch, and a repository without a working tree, are fetched into a folder that is gone afterwards."""
    repository(tmp_path / "app")
    git(tmp_path, "clone", "--quiet", "--bare", "app", "bare.git")
    with source(tmp_path).open(str(tmp_path / "app"), "next") as image:
        assert "more.txt" in paths(image.layers)
    with source(tmp_path).open(str(tmp_path / "bare.git"), "") as image:
        assert paths(image.layers) == {"requirements.txt", "out"}
    assert list((tmp_path / "cache").iterdir()) == []


def test_nothing_of_a_hostile_repository_is_run(tmp_path: Path) -> None:
    """Hooks, filters that attributes ask for and fsmonitor of a repository leave no trace."""
    repository(tmp_path / "app")
    trap = tmp_path / "trap"
    (tmp_path / "app/.gitattributes").write_text("* filter=evil\n")
    git(tmp_path / "app", "add", ".gitattributes")
    git(tmp_path / "app", "commit", "--quiet", "-m", "trap")
    git(tmp_path / "app", "config", "filter.evil.smudge", f"touch {trap}")
    git(tmp_path / "app", "config", "core.fsmonitor", f"touch {trap}")
    hook = tmp_path / "app/.git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
    hook.chmod(0o755)
    with source(tmp_path).open(f"file://{tmp_path / 'app'}", "") as image:
        assert "requirements.txt" in paths(image.layers)
    assert not trap.exists()


def test_submodules_that_are_not_there_are_said(tmp_path: Path) -> None:
    """What was not fetched is not silently fine."""
    repository(tmp_path / "app")
    (tmp_path / "app/.gitmodules").write_text('[submodule "x"]\n  path = libs/x\n')
    with source(tmp_path).open(str(tmp_path / "app"), "") as image:
        assert image.missed == ("The submodule libs/x was not fetched.",)


@pytest.mark.parametrize("ref", ["--upload-pack=touch x", "a..b", "-b"])
def test_a_branch_is_never_an_option(tmp_path: Path, ref: str) -> None:
    """A branch name cannot become an argument of git's."""
    repository(tmp_path / "app")
    with pytest.raises(UsageError):
        source(tmp_path).open(str(tmp_path / "app"), ref).__enter__()


def test_what_cannot_be_fetched_is_said_without_the_password(tmp_path: Path) -> None:
    """git's own reason is told, and no password that stood in the address."""
    git(tmp_path, "--version")
    with pytest.raises(ImageSourceError, match="cannot be fetched") as caught:
        source(tmp_path).open("http://user:hunter2@127.0.0.1:9/x.git", "").__enter__()
    assert "hunter2" not in str(caught.value)
    assert without_password("https://a:b@example.org/x@y") == "https://example.org/x@y"


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    """A wrong path, and a branch of a plain folder."""
    with pytest.raises(NotFoundError):
        source(tmp_path).open(str(tmp_path / "none"), "").__enter__()
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError):
        source(tmp_path).open(str(tmp_path / "plain"), "main").__enter__()
