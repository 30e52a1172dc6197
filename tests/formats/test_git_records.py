"""Where a git folder stands, without git."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.git_records import head, submodules

COMMIT, OTHER = "a" * 40, "b" * 64


def told(files: Mapping[str, bytes]) -> tuple[str, str]:
    """What a folder with these files says."""
    return head(lambda name: files.get(name, b""))


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({"HEAD": COMMIT.encode() + b"\n"}, (COMMIT, "")),
        ({"HEAD": b"ref: refs/heads/main\n", "refs/heads/main": COMMIT.encode()}, (COMMIT, "main")),
        ({"HEAD": b"ref: refs/heads/a/b", "packed-refs": b"# pack\n" + OTHER.encode() + b" refs/heads/a/b\n"}, (OTHER, "a/b")),
        ({"HEAD": b"ref: refs/heads/new"}, ("", "new")),
        ({"HEAD": b"ref: refs/heads/../../../etc/passwd"}, ("", "")),
        ({"HEAD": b"ref: /etc/passwd"}, ("", "")),
        ({"HEAD": b"nonsense"}, ("", "")),
        ({}, ("", "")),
    ],
)
def test_heads(files: dict[str, bytes], answer: tuple[str, str]) -> None:
    """Detached, loose and packed heads of both hash lengths; a name that climbs out is not followed."""
    assert told(files) == answer


@given(st.dictionaries(st.sampled_from(["HEAD", "packed-refs", "refs/heads/main"]), st.binary(max_size=200)))
def test_any_bytes_are_told_or_not(files: dict[str, bytes]) -> None:
    """Nothing that lies in a repository makes it fail, and no file outside of `refs/` is asked for."""
    asked: list[str] = []

    def read(name: str) -> bytes:
        asked.append(name)
        return files.get(name, b"")

    head(read)
    assert all(name in ("HEAD", "packed-refs") or (name.startswith("refs/") and ".." not in name) for name in asked)


def test_submodules() -> None:
    """Their paths, so that what was not fetched can be said."""
    assert submodules(b'[submodule "a"]\n\tpath = libs/a\n\turl = x\n[submodule "b"]\n path=b\n') == ("libs/a", "b")
    assert len(submodules(b"path = x\n" * 5_000)) == 1_000
