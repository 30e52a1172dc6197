"""Times for people, in both languages, however odd the clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.cli.times import ago, exact, now

SECOND = 10**9


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 s ago", "0 秒前"),
        (59, "59 s ago", "59 秒前"),
        (60, "1 min ago", "1 分钟前"),
        (7200, "2 h ago", "2 小时前"),
        (3 * 86_400, "3 d ago", "3 天前"),
        (-90, "in 1 min", "1 分钟后"),
    ],
)
def test_how_long_ago(seconds: int, en: str, zh: str) -> None:
    """The largest unit that fits; what lies ahead is said to."""
    at = 10**6 * SECOND
    assert ago(at - seconds * SECOND, at) == en
    assert ago(at - seconds * SECOND, at, "zh") == zh


def test_no_time_is_a_dash() -> None:
    """Zero means unknown everywhere in the model."""
    assert ago(0, 5) == "-"
    assert exact(0) == "-"


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**63 - 1))
def test_no_number_breaks_it(then: int, at: int) -> None:
    """Times come from other machines' clocks."""
    assert ago(then, at)
    assert exact(then)


def test_now_is_a_time_of_this_century() -> None:
    """Nanoseconds, not seconds."""
    assert 10**18 < now() < 10**19
