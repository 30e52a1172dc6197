"""Promises of RubyGems' order."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import gem


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("1.a", "1"),
        ("1.A", "1.a"),
        ("1.a.0.b", "1.a"),
        ("1.a", "1.a.0.1"),
        ("1.a.0.0.1", "1.a.0.1"),
        ("1-1", "1"),
        ("1.9", "1.10"),
    ],
)
def test_words_make_prereleases_and_what_is_missing_is_zero(lower: str, upper: str) -> None:
    """Also zeros in the middle, which may count for more or for less than the end."""
    assert (gem.key(lower) or "") < (gem.key(upper) or "")


@pytest.mark.parametrize("text", ["1", "1.0", "1.0.0", " 1 ", "01"])
def test_trailing_zeros_do_not_count(text: str) -> None:
    """They are one version."""
    assert gem.key(text) == gem.key("1")


def test_nothing_is_zero() -> None:
    """As Gem::Version has it."""
    assert gem.key("") == gem.key("0") == gem.key("0.0")


@pytest.mark.parametrize("text", ["a", "1..2", "1_0", "1.é", "-1", "1\n2"])
def test_what_rubygems_refuses_is_no_version(text: str) -> None:
    """No key, and not valid."""
    assert gem.key(text) is None
    assert not gem.valid(text)
