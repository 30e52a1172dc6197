"""`ports.source_state.SourceStates`: which commit a folder is at, from where, and whether it has changes that no commit has."""

from __future__ import annotations

import os
import re

from periderm.adapters.git_local.asking import ask
from periderm.model.errors import PeridermError
from periderm.ports.source_state import SourceState


class GitStates:
    """Asks git; a folder in no repository, or a git that fails, is told as nothing known."""

    def look(self, folder: str) -> SourceState:
        """Changes count only below the folder."""
        if not os.path.isdir(folder):
            return SourceState()
        try:
            commit = _line(ask(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", fine=(0, 1)))
            if not commit:
                return SourceState()
            branch = _line(ask(folder, "symbolic-ref", "--quiet", "HEAD", fine=(0, 1)))
            remote = _line(ask(folder, "config", "--get", "remote.origin.url", fine=(0, 1)))
            status = ("status", "--porcelain", "-z", "--ignore-submodules=all", "--", ".")
            changed = ask(folder, *status, empty=_filters(folder))
        except PeridermError:
            return SourceState()
        return SourceState(commit=commit, ref=branch, address=_plain(remote), dirty=bool(changed))


def _filters(folder: str) -> list[str]:
    """The names of all settings by which comparing a file would run a program (gitattributes(5), filter)."""
    found = ask(folder, "config", "--null", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process)$", fine=(0, 1))
    return [name for name in found.decode("utf-8", "surrogateescape").split("\0") if name]


def _line(answer: bytes) -> str:
    return answer.decode("utf-8", "replace").strip()


def _plain(address: str) -> str:
    """Without the password that may stand before '@'."""
    return re.sub(r"^([a-z+]+://)[^/@]+@", r"\1", address)
