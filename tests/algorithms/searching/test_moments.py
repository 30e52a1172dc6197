"""Points in time as people write them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.searching.moments import moment
from periderm.model.errors import UsageError

NOW = 1_800_000_000 * 10**9


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15m", 1_799_999_100),
        ("2h", 1_799_992_800),
        ("30d", 1_797_408_000),
        ("now", 1_800_000_000),
        ("1970-01-02", 86_400),
        ("1970-01-01T01:00+01:00", 0.000_001),
        ("1970-01-01T00:00:01.5Z", 1.5),
    ],
)
def test_what_people_write(text: str, seconds: float) -> None:
    """UTC unless an offset is said."""
    if seconds < 1:
        with pytest.raises(UsageError):
            moment(text, NOW)
    else:
        assert moment(text, NOW) == int(seconds * 10**9)


@given(st.text(max_size=60))
def test_anything_else_is_refused_in_words(text: str) -> None:
    """Never a number that a store cannot hold."""
    with contextlib.suppress(UsageError):
        assert 1 <= moment(text, NOW) < 2**63
