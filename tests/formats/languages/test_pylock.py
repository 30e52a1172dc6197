"""Python's standard lock file."""

from __future__ import annotations

import pytest

from periderm.formats.languages.pylock import FORMAT, accept
from tests.formats.languages.samples import PYLOCK, read


def test_packages() -> None:
    """Groups and extras stand in markers; the project itself has no version."""
    assert read(FORMAT, PYLOCK, "app/pylock.toml") == [
        "pkg:pypi/flask@2.2.0",
        "pkg:pypi/pytest@7.4.0 development",
        "pkg:pypi/idna@3.4 optional",
        "pkg:pypi/fork@1.0?vcs_url=git%2Bhttps://example.com/fork.git%40abc",
    ]
    assert FORMAT.read(PYLOCK.encode(), "pylock.toml").packages[0].dependencies == ("click",)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("pylock.toml", True), ("a/pylock.dev.toml", True), ("pyproject.toml", False), ("pylock.a.b.toml", False)],
)
def test_which_files(path: str, wanted: bool) -> None:
    """The names of the standard."""
    assert accept(path) is wanted
