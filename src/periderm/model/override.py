"""A setting that was set in the console: its value, and what the console said before. Judges nothing."""

from __future__ import annotations

import msgspec


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is SECTION.KEY, `value` the text that its variable would hold. `before` is what the console had said before, None
    for nothing; `by` who set it, `at` when (Unix nanoseconds)."""

    name: str
    value: str
    before: str | None = None
    by: str = ""
    at: int = 0
