"""Lengths of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.cli.durations import seconds_of
from periderm.model.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("15m", 900), ("15min", 900), ("1h30m", 5400), ("2d", 172_800), ("1W", 604_800)],
)
def test_as_people_write_them(text: str, seconds: int) -> None:
    """Units can follow each other."""
    assert seconds_of(text) == seconds


@given(st.text(max_size=20))
def test_anything_else_is_refused(text: str) -> None:
    """Never a traceback, never a negative time."""
    try:
        assert seconds_of(text) >= 0
    except UsageError as error:
        said = error.what
    else:
        return
    assert "no length of time" in said
