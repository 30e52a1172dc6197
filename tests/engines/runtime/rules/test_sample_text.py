"""Texts that plain regular expressions match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.rules.sample_text import LONGEST, matching


def test_texts_of_expressions() -> None:
    """Plain ones; the rest is left to the check."""
    assert [matching(p) for p in ("^/a(?:b|c)[0-9]+$", "a.c", "x*y?z{2}", "\\.log")] == ["/ab0", "aac", "zz", ".log"]


@pytest.mark.parametrize("pattern", ["^python[0-9.]*$", "^(ba|z)?sh$", "/proc/[0-9]+/mem", "a{3}b+", "(?:x|y)z"])
def test_they_match(pattern: str) -> None:
    """Of what people write."""
    assert re.search(pattern, matching(pattern))


@given(st.text(alphabet="ab[](){}|*+?\\^$.,1-", max_size=30))
def test_any_pattern_ends(pattern: str) -> None:
    """With a text, whatever it is."""
    assert len(matching(pattern)) < 100 * LONGEST
