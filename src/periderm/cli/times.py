"""Times for people: how long ago, and exactly when in the reader's own time zone. Decides nothing."""

from __future__ import annotations

import datetime

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
