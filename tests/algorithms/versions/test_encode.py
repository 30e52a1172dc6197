"""Promises of numbers as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.versions.encode import TOP, is_number, number


@given(st.integers(0, 10**40), st.integers(0, 10**40), st.integers(0, 5))
def test_text_sorts_as_numbers_do(a: int, b: int, zeros: int) -> None:
    """Any two numbers, with leading zeros or without, compare as their texts do."""
    left, right = number("0" * zeros + str(a)), number(str(b))
    assert (left < right, left == right) == (a < b, a == b)


def test_nothing_is_zero_and_all_numbers_are_below_the_top() -> None:
    """A missing number is 0, and the top mark is above the largest that counts."""
    assert number("") == number("000")
    assert number("9" * 1024) < TOP


@pytest.mark.parametrize(("text", "told"), [("12", True), ("", False), ("1a", False), ("٣", False), ("²", False)])
def test_only_ascii_digits_are_numbers(text: str, told: bool) -> None:
    """Digits of other scripts are not what any of the schemes means."""
    assert is_number(text) is told
