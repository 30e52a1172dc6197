"""How packages of Node are named."""

from __future__ import annotations

import pytest

from periderm.formats.languages import node_names


def test_scopes_and_aliases() -> None:
    """The '@' of a scope is none of a version."""
    assert node_names.split("@s/c@1.0") == ("@s/c", "1.0")
    assert node_names.split("@s/c") == ("@s/c", "")
    assert node_names.unalias("old", "npm:lodash@4.17.15") == ("lodash", "4.17.15")
    assert node_names.unalias("old", "npm:@s/c@1.0") == ("@s/c", "1.0")
    assert node_names.unalias("a", "1.0") == ("a", "1.0")


@pytest.mark.parametrize("text", ["", "file:x", "git+ssh://x", "^1.0", "1.x || 2", "latest", "https://x/y.tgz", ">=1", "1 - 2"])
def test_what_is_no_version(text: str) -> None:
    """Addresses, paths, words and ranges."""
    assert not node_names.is_version(text)


def test_what_is_a_version() -> None:
    """With pre-release and build."""
    assert node_names.is_version("1.0.0-rc.1+build.5")
