"""Promises of NuGet's order."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions import nuget


def test_labels_compare_without_case_and_as_numbers_where_they_fit() -> None:
    """A label of more than 32 bits is a word, and so above all numbers."""
    told = ["1.0.0-2", "1.0.0-10", "1.0.0-20230101120000", "1.0.0-ALPHA", "1.0.0-beta", "1.0.0-Beta.1", "1.0.0", "1.0.0.1"]
    keys = [nuget.key(v) or "" for v in told]
    assert keys == sorted(set(keys))
    assert nuget.key("1.0-RC") == nuget.key("1.0.0.0-rc+build")


def test_a_sign_makes_a_label_a_negative_number() -> None:
    """.NET reads '-5' as a number: NuGet compares it as one, below zero; a size of more than 32 bits is a word."""
    told = ["1.0.0--2147483648", "1.0.0--10", "1.0.0--2", "1.0.0-0", "1.0.0-1", "1.0.0--", "1.0.0--2147483649", "1.0.0--a"]
    keys = [nuget.key(v) or "" for v in told]
    assert keys == sorted(set(keys))
    assert nuget.key("1.0.0--0") == nuget.key("1.0.0-0")


def test_zeros_before_a_label_of_digits() -> None:
    """NuGet takes none, but for letters among them; a number of the version may have them, and so may metadata."""
    assert not nuget.valid("1.0.0-01")
    assert not nuget.valid("1.0.0-rc.00")
    assert nuget.valid("1.0.0-0a.0")
    assert nuget.valid("01.02.3-rc+007")
    assert nuget.key("1.0.0-01") == nuget.key("1.0.0-1")


@pytest.mark.parametrize("text", ["1.2.3.4.5", "a", "", "1.0-", "1.0-a_b", "1..0"])
def test_what_nuget_refuses(text: str) -> None:
    """More than four numbers, and other characters."""
    assert nuget.key(text) is None


@pytest.mark.parametrize(
    ("text", "told"), [("1.2147483647", True), ("1.2147483648", False), ("0" * 9000 + "1", True), ("x", False)]
)
def test_numbers_must_fit(text: str, told: bool) -> None:
    """NuGet keeps them in 32 bits."""
    assert nuget.valid(text) is told
