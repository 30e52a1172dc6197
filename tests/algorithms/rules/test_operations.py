"""Promises of what signs do: 64 bits, division towards zero, no arithmetic across types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.rules import operations
from periderm.algorithms.rules.kinds import Uint
from periderm.algorithms.rules.running import Fault

whole = st.integers(-(2**63), 2**63 - 1)


@given(whole, whole)
def test_division_and_remainder_belong_together(a: int, b: int) -> None:
    """a == a / b * b + a % b, the remainder has a's sign and is smaller than b."""
    if b == 0 or (a == -(2**63) and b == -1):
        with pytest.raises(Fault):
            operations.arithmetic("/", a, b)
        return
    quotient, rest = operations.arithmetic("/", a, b), operations.arithmetic("%", a, b)
    assert quotient * b + rest == a
    assert abs(rest) < abs(b)
    assert rest == 0 or (rest < 0) == (a < 0)


@pytest.mark.parametrize(
    ("sign", "a", "b"),
    [
        ("+", 1, 1.0),
        ("+", "a", 1),
        ("-", Uint(1), Uint(2)),
        ("*", 2**62, 2),
        ("+", 2**63 - 1, 1),
        ("%", 1.0, 2.0),
        ("+", True, True),
        ("+", Uint(1), 1),
        ("-", "a", "b"),
        ("+", "a" * 2**20, "b"),
        ("+", [0] * 60_000, [0] * 60_000),
        ("/", Uint(1), Uint(0)),
    ],
)
def test_what_does_not_go_together_is_a_fault(sign: str, a: object, b: object) -> None:
    """Types, overflow, division by zero, and results that are too long."""
    with pytest.raises(Fault):
        operations.arithmetic(sign, a, b)


def test_texts_lists_and_unsigned_numbers_add() -> None:
    """Each stays what it is."""
    assert operations.arithmetic("+", "a", "b") == "ab"
    assert operations.arithmetic("+", [1], ["b"]) == [1, "b"]
    assert isinstance(operations.arithmetic("*", Uint(2), Uint(3)), Uint)


def test_doubles_follow_ieee() -> None:
    """Division by zero gives an infinity with the right sign, or no number."""
    assert operations.arithmetic("/", 1.0, -0.0) == float("-inf")
    assert operations.arithmetic("/", -1.0, -0.0) == float("inf")
    assert operations.arithmetic("/", 0.0, 0.0) != operations.arithmetic("/", 0.0, 0.0)


def test_places_and_membership() -> None:
    """Numbers of other types find what is equal; texts have no elements."""
    assert operations.at_index([7, 8], 1.0) == 8
    assert operations.at_index({1: "a"}, 1.0) == "a"
    assert operations.within(1.0, [1, 2])
    assert not operations.within("1", {1: 2})
    for whole_, index in (([1], 1), ([1], -1), ([1], 0.5), ([1], True), ({}, "a"), ("a", 0)):
        with pytest.raises(Fault):
            operations.at_index(whole_, index)
    with pytest.raises(Fault):
        operations.within("a", "abc")
