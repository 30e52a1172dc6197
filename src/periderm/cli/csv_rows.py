"""Rows of a list for spreadsheets (RFC 4180, lines ended as on this system), in which no cell is taken for a formula. Reads
nothing back."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What spreadsheets begin a formula with, also in full width, and what they pass over before it (OWASP, CSV Injection).
_FORMULA = frozenset("=+-@＝＋－＠\t\r\n")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def cell(text: str) -> str:
    """One cell, always in quotes. A text that a spreadsheet would compute gets an apostrophe before it, which it shows as the
    sign of a text; numbers stay numbers."""
    begins = text.lstrip(" \u00a0\u3000")[:1]
    if begins in _FORMULA and begins and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'


def row(cells: Sequence[str]) -> str:
    """One line with its end."""
    return ",".join(map(cell, cells)) + "\n"
