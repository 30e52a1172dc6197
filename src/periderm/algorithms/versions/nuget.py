"""NuGet's order of versions: up to four numbers, semantic pre-releases without regard to case. Reads no ranges.

Source: github.com/NuGet/NuGet.Client, NuGet.Versioning: VersionComparer.CompareRelease (a label is a number if .NET's
int.TryParse takes it: 32 bits, and a '-' before it makes it negative), NuGetVersion.TryParse with System.Version ('1.0' is
'1.0.0.0', each number fits 31 bits) and SemanticVersion.IsValidPart (a label of digits has no zero before it). Build
metadata does not count. What NuGet refuses for its size or its zeros has a place here all the same.
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import is_number, number

_VERSION = re.compile(
    r"([0-9]+(?:\.[0-9]+){0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_PRE, _RELEASE = "\x01", "\x02"
_END, _NEGATIVE, _DIGITS, _TEXT, _TEXT_END = "\x01", "\x02", "\x03", "\x04", "\x00"
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
    return "".join([*out, _PRE, *(_label(p) for p in labels.split(".")), _END])


def valid(text: str) -> bool:
    """Whether NuGet takes it."""
    match = _VERSION.fullmatch(text.strip())
    if match is None or not all(_fits(n) for n in match.group(1).split(".")):
        return False
    return not any(is_number(p) and len(p) > 1 and p[0] == "0" for p in (match.group(2) or "").split("."))


def _label(text: str) -> str:
    """Numbers before words; of the negative ones the one that is further from zero comes first."""
    if _fits(text):
        return _DIGITS + number(text)
    size = text[1:]
    if text[0] == "-" and size and (_fits(size) or size.lstrip("0") == str(_LARGEST + 1)):
        value = int(size.lstrip("0") or "0")
        return _NEGATIVE + number(str(2 * _LARGEST - value)) if value else _DIGITS + number("0")
    return f"{_TEXT}{text.upper()}{_TEXT_END}"


def _fits(text: str) -> bool:
    digits = text.lstrip("0")
    return is_number(text) and len(digits) <= 10 and int(digits or "0") <= _LARGEST
