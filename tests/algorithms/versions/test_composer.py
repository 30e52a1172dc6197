"""Promises of Composer's order."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import composer


@pytest.mark.parametrize("text", ["dev-main", "master", "DEV-x", "trunk", "latest", "1.2.3.4.5", ""])
def test_branches_and_words_have_no_place(text: str) -> None:
    """Composer never holds a named branch to be in a range."""
    assert composer.key(text) is None


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("1.0-dev", "1.0-alpha"), ("1.0-alpha-dev", "1.0-alpha"), ("1.0-RC1", "1.0"), ("1.0", "1.0-patch"),
        ("1.0-p1", "1.0-p2"),
        ("1.0-beta", "1.0-beta1"), ("1.0-beta.2", "1.0-beta.10"), ("1.9", "1.x-dev"), ("1.x-dev", "2.0-dev"),
    ],
)  # fmt: skip
def test_stabilities_stand_in_their_order(lower: str, upper: str) -> None:
    """dev, alpha, beta, RC, release, patch; a numbered branch is above its releases."""
    assert (composer.key(lower) or "") < (composer.key(upper) or "")


def test_flags_aliases_and_metadata_do_not_count() -> None:
    """'1.0@beta', '1.0 as 2.0' and '1.0+x' are 1.0."""
    assert len({composer.key(v) for v in ("1.0", "1.0@beta", "1.0 as 2.0", "1.0+x", "v1.0.0.0", "1.0-stable")}) == 1


@pytest.mark.parametrize(
    ("text", "told"), [("dev-x", True), ("1.2", True), ("20200101", True), ("x", False), ("1.2.3.4.5", False)]
)
def test_valid_includes_branches(text: str, told: bool) -> None:
    """A lock file may name one."""
    assert composer.valid(text) is told
