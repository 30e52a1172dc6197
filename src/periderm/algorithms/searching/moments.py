"""Points in time as people write them in searches and addresses: '15m', '2h', '30d', '2026-11-22', '2026-11-22T10:00'.

Asks no clock: `now` is given. Without an offset a time is UTC, as the console shows it.
"""

from __future__ import annotations

import datetime
import re

from periderm.model.errors import UsageError

SECOND = 10**9
UNITS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_BACK = re.compile(r"(\d{1,6})(s|min|m|h|d|w)", re.ASCII)
_LATEST = 2**63 - 1
EXAMPLES = "Say 15m, 2h or 30d ago, or 2026-11-22, or 2026-11-22T10:00 (UTC)."


def moment(text: str, now: int) -> int:
    """Unix nanoseconds, at least 1. Raises UsageError for what is no time."""
    text = text.strip()
    if text == "now":
        return now
    if matched := _BACK.fullmatch(text):
        return max(1, now - int(matched[1]) * UNITS[matched[2]] * SECOND)
    try:
        if len(text) > 40:
            raise ValueError(text)
        told = datetime.datetime.fromisoformat(text)
        known = told if told.tzinfo is not None else told.replace(tzinfo=datetime.UTC)
        found = round(known.timestamp() * 1_000_000) * 1_000
    except (ValueError, OverflowError):
        raise UsageError(f"{text[:40]!r} is no time.", EXAMPLES) from None
    if not 1 <= found <= _LATEST:
        raise UsageError(f"{text[:40]!r} lies outside of the years 1970 to 2262.", EXAMPLES)
    return found
