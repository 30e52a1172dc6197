"""The pre-commit hook, run by pre-commit itself in a real repository: a secret that is staged stops the commit."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.deploy.pipelines import ROOT, add_key, on_path, shop

HOOKS = ROOT / ".pre-commit-hooks.yaml"
needed = pytest.mark.skipif(
    shutil.which("git") is None or importlib.util.find_spec("pre_commit") is None, reason="needs git and pre-commit"
)


def test_the_hooks_say_what_they_run() -> None:
    """Both the same command, on what is staged, without a network."""
    hooks = yaml.safe_load(HOOKS.read_text())
    assert [hook["id"] for hook in hooks] == ["periderm", "periderm-system"]
    assert len({hook["entry"] for hook in hooks}) == 1
    assert all("--staged" in hook["entry"] and "--offline" in hook["entry"] for hook in hooks)
    assert not any(hook["pass_filenames"] for hook in hooks)


@needed
def test_a_commit_with_a_secret_is_stopped(tmp_path: Path) -> None:
    """By `git commit`, from the index: also when the file is gone from the working tree. Without it the commit is made."""
    source = tmp_path / "periderm"  # what `repo:` names must be a repository of its own
    source.mkdir()
    shutil.copy(HOOKS, source)
    environment = {**on_path(tmp_path / "bin"), "PRE_COMMIT_HOME": str(tmp_path / "home")}

    def git(folder: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", "-C", str(folder), *words], env=environment, capture_output=True, text=True, check=check)

    git(source, "init", "-q")
    git(source, "add", ".")
    git(source, "commit", "-qm", "hooks")
    folder = shop(tmp_path / "shop")
    hook = {"repo": str(source), "rev": git(source, "rev-parse", "HEAD").stdout.strip(), "hooks": [{"id": "periderm-system"}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [hook]}))
    install = [sys.executable, "-m", "pre_commit", "install"]
    subprocess.run(install, cwd=folder, env=environment, check=True, capture_output=True)
    add_key(folder)
    git(folder, "add", ".")
    (folder / "deploy.pem").unlink()
    stopped = git(folder, "commit", "-m", "x", check=False)
    assert stopped.returncode == 1
    assert "deploy.pem" in stopped.stdout + stopped.stderr
    git(folder, "rm", "-q", "--cached", "deploy.pem")
    add_key(folder)  # lies there, and is not staged
    made = git(folder, "commit", "-m", "x", check=False)
    assert made.returncode == 0, made.stdout + made.stderr
