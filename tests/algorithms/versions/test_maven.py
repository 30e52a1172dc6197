"""Promises of Maven's order."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import maven


def test_qualifiers_stand_in_the_order_of_the_reference() -> None:
    """alpha, beta, milestone, rc, snapshot, release, sp, other words, hyphen's numbers, dot's numbers."""
    told = ["1-alpha", "1-alpha1", "1-beta", "1-m1", "1-rc", "1-cr1", "1-snapshot", "1", "1-sp", "1-abc", "1-xyz", "1-1", "1.1"]
    keys = [maven.key(v) for v in told]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1", "1.0.0"), ("1", "1-ga"), ("1.0.Final", "1-RELEASE"), ("1.0.0-foo.0.0", "1-foo"), ("1.0.0-0.0.0", "1"),
        ("1a1", "1-alpha-1"), ("1.rc1", "1-CR-1"), ("1.0-1", "1-1"), ("1-0.alpha", "1-alpha"), ("0-rc", "rc"), ("", "0"),
    ],
)  # fmt: skip
def test_equal_forms(a: str, b: str) -> None:
    """The reference's own examples of equal versions, and aliases."""
    assert maven.key(a) == maven.key(b)


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("1-ga", "1-ga-1"), ("1-ga", "1-ga1"), ("1-ga-alpha", "1"), ("1-foo2", "1-foo10"), ("1.foo", "1-1"),
        ("1.foo", "1-foo1"),
        ("2.0.1.Final-SNAPSHOT", "2.0.1.Final"), ("2.0.1.Final", "2.0.1.Final-redhat-1"), ("1-rc-2", "1"), ("0-1", "0.2"),
    ],
)  # fmt: skip
def test_lists_inside(lower: str, upper: str) -> None:
    """What stands behind a release word is more than the release, unless it is a pre-release."""
    assert maven.key(lower) < maven.key(upper)


@pytest.mark.parametrize(("text", "told"), [("1.0", True), ("RELEASE", False), ("1 0", False), ("", False)])
def test_valid_needs_a_number(text: str, told: bool) -> None:
    """Maven itself takes anything."""
    assert maven.valid(text) is told
