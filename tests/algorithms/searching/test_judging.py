"""A condition held against facts in memory."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.searching.judging import fits, pattern
from periderm.algorithms.searching.reading import read
from periderm.algorithms.searching.understanding import understand

FACTS = {"severity": ("4",), "detector": ("RUN-001", "RUN-002"), "time": ("1000000000",)}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("shell", True),
        ("SHELL", True),
        ("cat", False),
        ("severity>=high", True),
        ("severity>high", False),
        ("severity<=high", True),
        ("severity<high", False),
        ("severity:low,high", True),
        ("detector:run-002", True),
        ("detector:RUN-*", True),
        ("detector:*9", False),
        ("owner:x", False),
        ("-owner:x", True),
        ("cat or shell", True),
        ("cat shell", False),
        ("until:1970-01-02", True),
    ],
)
def test_it_holds(text: str, holds: bool) -> None:
    """What is not known fits nothing."""
    assert fits(understand(read(text), 10**18), FACTS, "a shell was started") is holds


@given(st.text("ab*", max_size=8), st.text("abAB", max_size=10))
def test_stars_stand_for_anything(value: str, name: str) -> None:
    """As a glob of stars does, but in linear time."""
    expected = re.fullmatch(fnmatch.translate(value.lower()), name.lower()) is not None
    assert pattern(value)(name) is expected
