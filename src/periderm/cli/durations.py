"""Lengths of time as people write them: `90s`, `15m`, `1h30m`, `2d`. Knows no dates."""

from __future__ import annotations

import re

from periderm.model.errors import UsageError

UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PART = re.compile(r"(\d{1,9})(min|[smhdw])")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def seconds_of(text: str) -> int:
    """Seconds of '1h30m'; a bare number is seconds. Raises UsageError."""
    text = text.strip().lower()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    if not _WHOLE.fullmatch(text):
        raise UsageError(f"{text[:40]!r} is no length of time.", "Write it like 90s, 15m, 1h30m or 2d.")
    return sum(int(number) * UNITS[unit] for number, unit in _PART.findall(text))
