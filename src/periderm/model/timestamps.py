"""Times as foreign records write them (RFC 3339), as Unix nanoseconds. Asks no clock."""

from __future__ import annotations

import datetime
import re

_SHAPE = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)")
_LATEST = 2**63 - 1  # the year 2262: what a signed 64-bit number holds, in stores and on the wire
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def unix_nanoseconds(text: str) -> int:
    """0 for what is no RFC 3339 time, for times before 1970 (Go writes year 1 for "never") and after 2262."""
    match = _SHAPE.fullmatch(text.strip())
    if match is None:
        return 0
    day, clock, fraction, zone = match.groups()
    try:
        moment = datetime.datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in 'Zz' else zone}")
        seconds = (moment - _EPOCH) // datetime.timedelta(seconds=1)
    except (ValueError, OverflowError):
        return 0
    moment_ns = seconds * 1_000_000_000 + int((fraction or "").ljust(9, "0"))
    return moment_ns if 0 <= moment_ns <= _LATEST else 0


def end_of_day(text: str) -> int:
    """The last second of a day (UTC) as a person writes it ('2027-01-31'), Unix nanoseconds. Raises ValueError for none."""
    day = datetime.date.fromisoformat(text.strip())
    end = datetime.datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=datetime.UTC)
    return int(end.timestamp()) * 10**9


def rfc3339(nanoseconds: int) -> str:
    """Unix nanoseconds as 'YYYY-MM-DDTHH:MM:SSZ', whole seconds; times outside years 1970 to 9999 become their nearest."""
    seconds = min(max(0, nanoseconds // 1_000_000_000), 253_402_300_799)
    return (_EPOCH + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
