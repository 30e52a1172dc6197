"""Times for people, in both languages, however odd the clock."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.cli.times import ago, exact, moment, now
from periderm.model.errors import UsageError

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


AT = 1_795_600_000 * 10**9


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15min", 900), ("15m", 900), ("2h", 7200), ("3d", 259_200), ("1w ago", 604_800)]
)
def test_times_back_from_now(text: str, seconds: int) -> None:
    """A number and a unit."""
    assert moment(text, AT, "--since") == AT - seconds * 10**9


def test_times_of_a_calendar() -> None:
    """With an offset exactly, without one in local time, and of today by the clock alone."""
    assert moment("2026-11-22T08:00:00+00:00", AT, "--since") == 1_795_334_400 * 10**9
    assert moment("2026-11-22T08:00Z", AT, "--since") == 1_795_334_400 * 10**9
    local = datetime.datetime(2026, 11, 22, 8, 0).astimezone()
    assert moment("2026-11-22T08:00", AT, "--since") == int(local.timestamp()) * 10**9
    today = datetime.datetime.fromtimestamp(AT / 1e9, datetime.UTC).astimezone()
    assert moment("8:05", AT, "--since") == int(today.replace(hour=8, minute=5, second=0, microsecond=0).timestamp()) * 10**9


@pytest.mark.parametrize("text", ["", "h", "-5s", "5 parsecs", "²s", "2026-13-01", "25:00", "9" * 50])
def test_what_is_no_time_is_told(text: str) -> None:
    """With the option's name, and what can be written."""
    with pytest.raises(UsageError, match="--until"):
        moment(text, AT, "--until")
