"""Asks git(1) about a repository that may be hostile: no hooks, filters, monitors, helpers, pagers, or network. Writes
nothing into it.

Source: git(1), git-config(1) (`safe.directory` counts on the command line), git 2.39.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from periderm.model.errors import ImageSourceError, LimitError, NotFoundError

SECONDS = 60
MOST = 64 << 20  # bytes of an answer
_SETTINGS = (
    "safe.directory=*",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.attributesFile=/dev/null",
    "core.quotePath=false",
    "core.pager=cat",
    "diff.external=",
    "submodule.recurse=false",
    "protocol.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
)
# What a hook of `git commit` is told: which index is about to become the commit (githooks(5)).
_KEPT = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")


def command(folder: str, *words: str) -> list[str]:
    """The words of a question. Raises ImageSourceError where git is not installed."""
    git = shutil.which("git")
    if git is None:
        raise ImageSourceError("This needs git, which is not installed.", "Install git, or scan the folder without --staged.")
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    return [git, "--no-pager", "--no-optional-locks", "--literal-pathspecs", *settings, "-C", folder, *words]


def environment(settings: Sequence[str] = ()) -> dict[str, str]:
    """What git is told by its environment: neither the user's nor the machine's configuration, no questions, no network
    (also not for objects that a partial clone lacks). `settings` are names that are to be empty."""
    told = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C.UTF-8",
    }
    told.update({name: os.environ[name] for name in _KEPT if os.environ.get(name)})
    for number, setting in enumerate(settings):
        told |= {f"GIT_CONFIG_KEY_{number}": setting, f"GIT_CONFIG_VALUE_{number}": ""}
    told["GIT_CONFIG_COUNT"] = str(len(settings))
    return told


def ask(folder: str, *words: str, fine: Sequence[int] = (0,), empty: Sequence[str] = ()) -> bytes:
    """What git prints. Raises NotFoundError for a folder that is in no repository, ImageSourceError, LimitError."""
    try:
        done = subprocess.run(
            command(folder, *words),
            env=environment(empty),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ImageSourceError(f"git did not answer within {SECONDS} seconds.", "See whether `git status` works.") from None
    if done.returncode not in fine:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = next((line for line in told if line.startswith(("fatal:", "error:"))), "it says nothing")
        if "not a git repository" in why:
            raise NotFoundError(f"{folder} is in no git repository.", "Give the folder of one.")
        raise ImageSourceError(f"git cannot be asked about {folder}: {why[:300]}", "See whether `git status` works.")
    if len(done.stdout) > MOST:
        raise LimitError(f"git answered more than {MOST >> 20} MiB.", where=folder)
    return done.stdout
