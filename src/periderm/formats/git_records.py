"""What a git folder says of where it stands: the commit that is checked out. Reads no objects and runs no git.

Source: gitrepository-layout(5), git-pack-refs(1) for packed-refs.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"refs/[A-Za-z0-9._/@+-]{1,400}")


def head(read: Callable[[str], bytes]) -> tuple[str, str]:
    """(commit, branch) of a git folder; '' for what is not told. `read(name)` gives the content of a file in it, b'' if
    there is none; only `HEAD`, `packed-refs` and plain names below `refs/` are asked for."""
    text = read("HEAD").decode("ascii", "replace").strip()
    if not text.startswith("ref:"):
        return (text, "") if _COMMIT.fullmatch(text) else ("", "")
    ref = text[4:].strip()
    if not _REF.fullmatch(ref) or ".." in ref:
        return "", ""
    branch = ref.removeprefix("refs/heads/")
    loose = read(ref).decode("ascii", "replace").strip()
    if _COMMIT.fullmatch(loose):
        return loose, branch
    for line in read("packed-refs").decode("utf-8", "replace").splitlines():
        commit, _, name = line.partition(" ")
        if name == ref and _COMMIT.fullmatch(commit):
            return commit, branch
    return "", branch


def submodules(data: bytes) -> tuple[str, ...]:
    """Paths of the submodules that `.gitmodules` names, at most 1,000: git-config(5) lines `path = …`."""
    found: list[str] = []
    for line in data.decode("utf-8", "replace").splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and key.strip() == "path" and len(found) < 1_000:
            found.append(value.strip())
    return tuple(found)
