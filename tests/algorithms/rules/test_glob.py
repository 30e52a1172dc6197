"""Promises of globs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.rules.glob import matches


@pytest.mark.parametrize(
    ("text", "pattern", "told"),
    [
        ("usr/lib/x", "usr/*", False),
        ("usr/lib/x", "usr/**", True),
        ("usr/x", "usr/**/x", True),
        ("usr/a/b/x", "usr/**/x", True),
        ("usr/ax", "usr/**/x", False),
        ("ax", "**/x", False),
        ("x", "**/x", True),
        ("a/x", "**/x", True),
        ("a/b", "a?b", False),
        ("acb", "a?b", True),
        ("", "*", True),
        ("", "**", True),
        ("a", "", False),
        ("", "", True),
        ("a/b/c", "**", True),
        ("a.so.1", "*.so*", True),
        ("a/b.so", "*.so", False),
        ("aXbXc", "a*b*c", True),
        ("a/", "a/**", True),
        ("a", "a/**", False),
        ("a/b/c/d", "a/**/c/*", True),
        ("x**", "x**", True),
        ("ab/c", "a**c", True),
        ("a/q/x/r/x", "a/**/x", True),
    ],
)
def test_paths(text: str, pattern: str, told: bool) -> None:
    """A '*' stays in its folder, '**' does not, and '**/' may be nothing."""
    assert matches(text, pattern) is told


@given(st.text("ab/", max_size=10), st.text("ab/*?", max_size=8))
def test_names_are_as_a_regular_expression_says(text: str, pattern: str) -> None:
    """Without paths, '*' is anything and '?' any one."""
    expected = re.fullmatch("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), text)
    assert matches(text, pattern, paths=False) is (expected is not None)


def test_hostile_patterns_cost_one_pass() -> None:
    """What makes backtracking matchers hang, and patterns that are too long, which match nothing."""
    assert not matches("a" * 20_000, "*a" * 500 + "b", paths=False)
    assert not matches("a/" * 10_000, "**/" * 300 + "b")
    assert not matches("a" * 2000, "*" + "a" * 1999)
