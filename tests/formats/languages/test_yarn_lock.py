"""Yarn's lock files."""

from __future__ import annotations

import pytest

from periderm.formats.languages.yarn_lock import FORMAT
from periderm.model.errors import FormatError
from tests.formats.languages.samples import YARN_1, YARN_BERRY, read


def test_version_1() -> None:
    """Its own notation: several askers, quotes, an alias by its real name."""
    assert read(FORMAT, YARN_1, "app/yarn.lock") == ["pkg:npm/%40s/c@3.1.0", "pkg:npm/a@1.0.0", "pkg:npm/lodash@4.17.15"]
    assert FORMAT.read(YARN_1.encode(), "yarn.lock").packages[1].dependencies == ("@s/c", "b", "fsevents")


def test_berry() -> None:
    """YAML: resolutions, no workspaces, a patched package by what it patches."""
    assert read(FORMAT, YARN_BERRY, "app/yarn.lock") == [
        "pkg:npm/%40s/c@3.1.0",
        "pkg:npm/lodash@4.17.15",
        "pkg:npm/typescript@5.0.4",
    ]


def test_forks_say_where_they_are_from() -> None:
    """In both notations."""
    one = 'x@git+https://h/x.git:\n  version "1.0.0"\n  resolved "git+https://h/x.git#abc"\n'
    assert read(FORMAT, one, "yarn.lock") == ["pkg:npm/x@1.0.0?vcs_url=git%2Bhttps://h/x.git%23abc"]
    two = '__metadata:\n  version: 8\n\n"x@h/x":\n  version: 1.0.0\n  resolution: "x@https://h/x.git#commit=abc"\n'
    assert read(FORMAT, two, "yarn.lock") == ["pkg:npm/x@1.0.0?vcs_url=https://h/x.git%23commit%3Dabc"]


def test_damage() -> None:
    """A line at the margin that names no package is an error."""
    with pytest.raises(FormatError):
        read(FORMAT, "nonsense\n", "yarn.lock")
