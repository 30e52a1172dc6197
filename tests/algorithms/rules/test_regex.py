"""Promises of regular expressions in conditions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.rules.regex import searcher


@settings(max_examples=60)
@given(
    st.sampled_from(["a+b", "^(ab|c)*$", "[^a]c", "a.c", "b{2,3}", r"\d\w\s", "x|^$", "(?i)AB", r"\bab\b"]),
    st.text("abcx1 A", max_size=10),
)
def test_they_find_what_others_find(pattern: str, text: str) -> None:
    """Anywhere in the text, as CEL's matches does."""
    assert searcher(pattern)(text) is (re.search(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize(
    "pattern",
    ["(", "(?=a)", r"(a)\1", "a{1000}", "((a{100}){100}){100}", "a{99999999999}", r"\pL{1,9}", r"\pL" * 9, "a" * 501, "[", "*"],
)
def test_what_could_hang_is_refused(pattern: str) -> None:
    """Looking around, back-references, and counts that make large machines; with a sentence."""
    with pytest.raises(ValueError, match=r"[a-z]"):
        searcher(pattern)


def test_hostile_texts_cost_one_pass() -> None:
    """What makes backtracking engines hang; bytes that are no text do no harm."""
    assert not searcher("^(a+)+$")("a" * 50_000 + "b")
    assert searcher("x")("\udcff x \x00")
