"""Promises of the parts of an expression: values that compare, with their places."""

from __future__ import annotations

from periderm.algorithms.rules import syntax


def test_parts_are_values() -> None:
    """Equal parts are equal, and one made of others keeps them."""
    name = syntax.Name(at=3, name="a")
    assert name == syntax.Name(at=3, name="a")
    assert syntax.Unary(at=2, sign="!", operand=name).operand is name
    assert name.depth == 1
