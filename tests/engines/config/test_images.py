"""Image references in build files."""

from __future__ import annotations

import pytest

from periderm.engines.config.images import is_commit, reference


@pytest.mark.parametrize(
    ("text", "parts", "moves"),
    [
        ("debian", ("debian", "", ""), True),
        ("debian:latest", ("debian", "latest", ""), True),
        ("r.example:5000/a/b", ("r.example:5000/a/b", "", ""), True),
        ("r.example:5000/a/b:1.2", ("r.example:5000/a/b", "1.2", ""), False),
        ("a:latest@sha256:ab", ("a", "latest", "sha256:ab"), False),
        ("docker://a:1", ("a", "1", ""), False),
        ("a:${V}", ("a:${V}", "", ""), False),
        ("${{ matrix.i }}", ("${{ matrix.i }}", "", ""), False),
    ],
)
def test_parts(text: str, parts: tuple[str, str, str], moves: bool) -> None:
    """Name, tag, digest; a port is no tag; what is not known does not move."""
    found = reference(text)
    assert (found.name, found.tag, found.digest) == parts
    assert found.moves is moves


def test_commits() -> None:
    """Forty or sixty-four hexadecimal digits, and no less."""
    assert is_commit("0" * 40)
    assert is_commit("a" * 64)
    assert not is_commit("0" * 39)
    assert not is_commit("v1")
