"""Git repositories made for tests, also hostile ones."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def git(folder: Path, *words: str, check: bool = True) -> str:
    """Runs git there, without anybody's configuration."""
    told = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        told.pop(name, None)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, "-C", str(folder), *words], env=told, capture_output=True, text=True, check=check)
    return done.stdout.strip()


def repository(folder: Path) -> Path:
    """A new one."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q")
    return folder


def trap(folder: Path) -> Path:
    """Makes the repository run a program by every setting that could; gives the file that it would leave."""
    caught = folder.parent / "caught"
    evil = folder.parent / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {caught}\ncat\n")
    evil.chmod(0o755)
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "pre-commit", "fsmonitor-watchman", "post-index-change"):
        (hooks / hook).write_text(evil.read_text())
        (hooks / hook).chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
    ):
        git(folder, "config", name, str(evil))
    git(folder, "config", "diff.evil.textconv", str(evil))
    git(folder, "config", "core.sshCommand", str(evil))
    git(folder, "config", "credential.helper", f"!{evil}")
    return caught
