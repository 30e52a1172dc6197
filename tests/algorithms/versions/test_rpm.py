"""Promises of RPM's order."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import rpm


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("1.0~rc1", "1.0"), ("1.0", "1.0^"), ("1.0^", "1.0.1"), ("1.0^a", "1.0a"), ("1.0~^a", "1.0"), ("1.0~", "1.0~^"),
        ("1.0a", "1.0.1"), ("a", "1"), ("10A", "10a"), ("1.0-1.el8", "1.0-1.el9"), ("5", "1:0"), ("1.0", "1.0-1"),
    ],
)  # fmt: skip
def test_marks_and_letters(lower: str, upper: str) -> None:
    """Tildes before the end, carets after it, numbers above words, epochs above all; no release is the lowest."""
    assert rpm.key(lower) < rpm.key(upper)


def test_separators_only_separate() -> None:
    """Which separator, and how many, does not count; nor do characters that rpm does not know."""
    assert len({rpm.key(v) for v in ("1.0.1", "1_0_1", "1..0+1", "1.0.1.", "1é0.1", "0:1.0.1", "(none):1.0.1")}) == 1


@pytest.mark.parametrize(
    ("text", "told"), [("1:1.0-1.el9", True), ("1.0", True), ("1.0-", False), ("a b", False), ("-1", False), (":", False)]
)
def test_valid_needs_something_in_each_part(text: str, told: bool) -> None:
    """A version without letters or digits orders nothing."""
    assert rpm.valid(text) is told
