"""Patterns of variables: what matches, the least and the most of it, against regular expressions of this language."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.containerfile.globs import replaced, trimmed

PATTERNS = st.text("ab*?", min_size=1, max_size=6)
VALUES = st.text("ab.", max_size=12)


def expression(pattern: str, star: str) -> str:
    """The same as a regular expression."""
    return "".join({"*": star, "?": "."}.get(char, re.escape(char)) for char in pattern)


@pytest.mark.parametrize(
    ("value", "sign", "pattern", "left"),
    [
        ("foobarbaz", "#", "f*b", "arbaz"),
        ("foobarbaz", "##", "f*b", "az"),
        ("foobarbaz", "%", "b*", "foobar"),
        ("foobarbaz", "%%", "b*", "foo"),
        ("a*b", "#", "a\\*", "b"),
        ("a[b]", "#", "a[", "b]"),
        ("a/b}", "%", "\\/b\\}", "a"),
        ("abc", "#", "", "abc"),
    ],
)
def test_the_reference(value: str, sign: str, pattern: str, left: str) -> None:
    """Its own examples, and its escapes."""
    assert trimmed(value, sign, pattern) == left


@pytest.mark.parametrize("pattern", ["\\a", "\\"])
def test_what_is_no_pattern(pattern: str) -> None:
    """The builder refuses it: nothing is made of it."""
    assert trimmed("a", "#", pattern) is None
    assert replaced("a", pattern, "x", everywhere=False) is None
    assert replaced("a", "", "x", everywhere=False) is None
    assert replaced("a", "a", "$0", everywhere=True) is None


@given(VALUES, PATTERNS, st.sampled_from(["#", "##"]))
def test_begins_as_expressions_do(value: str, pattern: str, sign: str) -> None:
    """Least and most."""
    found = re.match(expression(pattern, ".*" if len(sign) == 2 else ".*?"), value)
    assert trimmed(value, sign, pattern) == (value[found.end() :] if found else value)


@given(VALUES, PATTERNS, st.sampled_from(["%", "%%"]))
def test_ends_as_begins_of_the_reverse(value: str, pattern: str, sign: str) -> None:
    """The end is the begin from behind."""
    other = trimmed(value[::-1], sign.replace("%", "#"), pattern[::-1])
    assert other is not None
    assert trimmed(value, sign, pattern) == other[::-1]


@given(VALUES, PATTERNS, st.booleans())
def test_replaces_as_expressions_do(value: str, pattern: str, everywhere: bool) -> None:
    """The first match or all, each the longest; a match of nothing is none."""
    by = re.compile(expression(pattern, ".*"))
    expected = by.sub(lambda m: "X" if m[0] else "", value, count=0 if everywhere else 1)
    assert replaced(value, pattern, "X", everywhere=everywhere) == expected


def test_hostile_patterns_take_no_time() -> None:
    """Stars after stars are tried once each."""
    assert trimmed("a" * 4000, "##", "*a" * 99 + "b") == "a" * 4000
