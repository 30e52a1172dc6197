"""Times for people: how long ago, how long it took, and the exact moment. Computes only; `now` is given."""

from __future__ import annotations

import datetime

SECOND = 10**9
STEPS = (("s", 1), ("min", 60), ("h", 3600), ("d", 86400))
LATEST = 253_402_300_799  # the last second of the year 9999, beyond which calendars here do not go


def ago(time: int, now: int) -> tuple[str, int]:
    """Unit ('s', 'min', 'h', 'd') and number; a time that lies ahead (clocks differ) counts as now."""
    seconds = max(0, now - time) // SECOND
    unit, size = STEPS[0]
    for name, length in STEPS:
        if seconds >= length * (1 if length == 1 else 2 if length == 60 else 1.5):
            unit, size = name, length
    return unit, seconds // size


def exact(time: int) -> str:
    """ISO 8601 in UTC with milliseconds; '' for 0."""
    if time <= 0 or time // SECOND > LATEST:
        return ""
    moment = datetime.datetime.fromtimestamp(time // SECOND, tz=datetime.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time % SECOND // 10**6:03d}Z"


def clock(time: int) -> str:
    """Time of day in UTC with milliseconds."""
    return exact(time)[11:23]


def span(nanoseconds: int) -> str:
    """A short duration as '0.38 s', '12 s', '4 min 05 s'."""
    seconds = max(0, nanoseconds) / SECOND
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def period(seconds: int) -> str:
    """A round length of time that somebody chooses: '10 s', '15 min', '8 h', '7 d'."""
    for unit, size in reversed(STEPS):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
