"""Times for people: how long ago, and exactly when in the reader's own time zone. Decides nothing."""

from __future__ import annotations

import datetime
import re

from periderm.cli.durations import UNITS
from periderm.model.errors import UsageError

_STEPS = ((86_400, "d", "天"), (3600, "h", "小时"), (60, "min", "分钟"), (1, "s", "秒"))


def now() -> int:
    """Unix nanoseconds."""
    return int(datetime.datetime.now(datetime.UTC).timestamp() * 1e9)


def ago(then: int, at: int, language: str = "en") -> str:
    """'40 s ago'; a time that lies ahead (a clock jumped) is told as 'in 40 s', none at all as '-'."""
    if then <= 0:
        return "-"
    seconds = abs(at - then) // 10**9
    for length, en, zh in _STEPS:
        if seconds >= length or length == 1:
            number = seconds // length
            if language.startswith("zh"):
                return f"{number} {zh}{'前' if at >= then else '后'}"
            return f"{number} {en} ago" if at >= then else f"in {number} {en}"
    raise AssertionError("the last step takes everything")


def exact(then: int) -> str:
    """Local time to the second with its offset, '-' for none or one that no calendar has."""
    if then <= 0:
        return "-"
    try:
        return datetime.datetime.fromtimestamp(then / 1e9, datetime.UTC).astimezone().isoformat(" ", "seconds")
    except (OverflowError, ValueError, OSError):
        return "-"


_BACK = re.compile(r"(\d{1,6})(s|sec|m|min|h|d|w)(?: ago)?", re.ASCII)
_UNITS = {**UNITS, "sec": 1}


def moment(text: str, at: int, option: str) -> int:
    """Unix nanoseconds of what a person writes: '90s', '15min', '2h', '3d' (before `at`), '2026-11-22', '2026-11-22T08:00'
    (local time, or with an offset), '08:00' (today). Raises UsageError, naming the option."""
    text = text.strip()
    if matched := _BACK.fullmatch(text):
        return max(1, at - int(matched[1]) * _UNITS[matched[2]] * 10**9)
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text, re.ASCII):
            today = datetime.datetime.fromtimestamp(at / 1e9, datetime.UTC).astimezone().date().isoformat()
            text = f"{today}T{text:0>5}" if text.count(":") == 1 else f"{today}T{text:0>8}"
        # 3.11's fromisoformat also reads 'Z' and dates alone; without an offset it is local time.
        seconds = datetime.datetime.fromisoformat(text).astimezone().timestamp()
        return max(1, int(seconds * 10**6) * 1000)
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"{option} is {text[:40]!r}, which is no time.", "Say 15min, 2h or 3d, or 2026-11-22T08:00, or 08:00."
        ) from None
