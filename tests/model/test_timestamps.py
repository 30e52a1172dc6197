"""Times of foreign records."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.timestamps import end_of_day, rfc3339, unix_nanoseconds
from tests.strategies import hostile_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("2026-11-21T10:00:00.123456789+01:00", 1_795_251_600_123_456_789),
        ("2026-11-21 10:00:00.1234567891234Z", 1_795_255_200_123_456_789),
        ("0001-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.9Z", 0),
        ("2026-02-30T00:00:00Z", 0),
        ("2026-11-21", 0),
        ("yesterday", 0),
        ("", 0),
    ],
)
def test_known_times(text: str, expected: int) -> None:
    """RFC 3339 with zones and nanoseconds; 0 for Go's 'never', before 1970, days that do not exist, and other text."""
    assert unix_nanoseconds(text) == expected


@given(st.integers(0, 7 * 10**15), st.integers(-23 * 60, 23 * 60))
def test_any_zone_gives_the_same_moment(microseconds: int, minutes: int) -> None:
    """A moment written in any zone is one number, exact to the microsecond."""
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=microseconds)
    there = moment.astimezone(datetime.timezone(datetime.timedelta(minutes=minutes)))
    assert unix_nanoseconds(there.isoformat()) == microseconds * 1000


@given(hostile_text)
def test_foreign_text_never_raises(text: str) -> None:
    """Anything gives a number."""
    assert unix_nanoseconds(text) >= 0


@given(st.integers(-(2**70), 2**70))
def test_written_times_are_read_again(nanoseconds: int) -> None:
    """What is written is RFC 3339 to the second; times that no calendar of ours holds become their nearest."""
    expected = min(max(0, nanoseconds // 10**9), 253_402_300_799)
    whole = expected * 10**9
    assert unix_nanoseconds(rfc3339(nanoseconds)) == (whole if whole < 2**63 else 0)  # what no store holds is no time


def test_a_year_that_no_store_can_hold_is_none() -> None:
    """A hostile record of the year 2999 must not break the store that keeps its time."""
    assert unix_nanoseconds("2999-01-01T00:00:00Z") == 0
    assert unix_nanoseconds("2262-01-01T00:00:00Z") > 0


@pytest.mark.parametrize(
    ("text", "seconds"), [("1970-01-01", 86_399), (" 2027-01-31 ", 1_801_439_999), ("9999-12-31", 253_402_300_799)]
)
def test_a_day_ends_with_its_last_second(text: str, seconds: int) -> None:
    """In UTC, wherever it is read."""
    assert end_of_day(text) == seconds * 10**9


@pytest.mark.parametrize("text", ["", "soon", "2027-02-30", "10000-01-01"])
def test_what_is_no_day_is_none(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"isoformat|range|day"):
        end_of_day(text)
