"""NuGet's order of versions: up to four numbers, semantic pre-releases without regard to case. Reads no ranges.

Source: NuGet.Versioning (VersionComparer, NuGetVersion.TryParse): '1.0' is '1.0.0.0'; a label is a number only if it fits
32 bits; build metadata does not count.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import is_number, number

_VERSION = re.compile(
    r"([0-9]+(?:\.[0-9]+){0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_PRE, _RELEASE = "\x01", "\x02"
_END, _DIGITS, _TEXT, _TEXT_END = "\x01", "\x02", "\x03", "\x00"
_LARGEST = 2**31 - 1


def key(text: str) -> str | None:
    """The key, None for what NuGet refuses."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return None
    numbers = match.group(1).split(".")
    out = [number(n) for n in numbers] + [number("")] * (4 - len(numbers))
    labels = match.group(2)
    if not labels:
        return "".join([*out, _RELEASE])
    parts = (f"{_DIGITS}{number(p)}" if _fits(p) else f"{_TEXT}{p.upper()}{_TEXT_END}" for p in labels.split("."))
    return "".join([*out, _PRE, *parts, _END])


def valid(text: str) -> bool:
    """Whether NuGet takes it."""
    match = _VERSION.fullmatch(text.strip())
    return match is not None and all(_fits(n) for n in match.group(1).split("."))


def _fits(text: str) -> bool:
    digits = text.lstrip("0")
    return is_number(text) and len(digits) <= 10 and int(digits or "0") <= _LARGEST
