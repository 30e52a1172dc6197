"""Promises of semantic versions."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import semver


def test_the_example_of_the_standard() -> None:
    """semver.org, item 11, in its own order."""
    told = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1"]
    keys = [semver.key(v) or "" for v in [*told, "1.0.0", "2.0.0", "2.1.0", "2.1.1"]]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("text", ["1.2.3", "v1.2.3", "=1.2.3", " 1.2.3 ", "1.2.3+b", "1.2.3.0", "01.2.3"])
def test_what_tools_write_is_read(text: str) -> None:
    """Signs before, build metadata and zeros do not count."""
    assert semver.key(text) == semver.key("1.2.3")


def test_a_prerelease_may_lack_its_hyphen() -> None:
    """'1.2.3beta' comes before 1.2.3, and so does it with four numbers."""
    beta, release, more = (semver.key(v) or "" for v in ("1.2.3beta", "1.2.3", "1.2.3.4-rc"))
    assert beta < release < more


@pytest.mark.parametrize("text", ["", "latest", "x", "-1", "abc1"])
def test_words_are_no_versions(text: str) -> None:
    """They have no key of their own."""
    assert semver.key(text) is None


@pytest.mark.parametrize(
    ("text", "strict", "npm"),
    [
        ("1.2.3-a.1+b", True, True), ("1.2", False, False), ("v1.2.3", False, True), ("1.2.3-01", False, False),
        ("01.2.3", False, False), (" 1.2.3", False, True), ("1.2.99999999999999999", True, False), ("=1.2.3", False, False),
        ("1.2.3-" + "a" * 300, True, False),
    ],
)  # fmt: skip
def test_valid_by_letter_and_for_node(text: str, strict: bool, npm: bool) -> None:
    """semver.org's grammar, and what node-semver adds and bounds."""
    assert (semver.valid(text), semver.valid_npm(text)) == (strict, npm)
