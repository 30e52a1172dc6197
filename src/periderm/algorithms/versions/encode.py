"""Numbers and marks as text that sorts: every version becomes one string, so that comparing two is one comparison of
strings. Knows no scheme.

A key is made of marks below U+0020 and of numbers. Each scheme chooses its marks so that at any place where two keys
can differ, the characters stand in the scheme's own order.
"""

from __future__ import annotations

LONGEST = 1024  # characters of a version that count; real ones have less than 100
NUMBERS = 0x20  # marks of numbers begin here; what must be greater than every number is TOP
ZERO = chr(NUMBERS)
TOP = "\uffff"


def number(digits: str) -> str:
    """ASCII digits as text that sorts by value, whatever their length: how many they are, then they; leading zeros do
    not count and '' is 0."""
    digits = digits.lstrip("0")
    return chr(NUMBERS + len(digits)) + digits


def is_number(text: str) -> bool:
    """Whether a text is ASCII digits only (`str.isdigit` takes other scripts' too)."""
    return text.isascii() and text.isdigit()
