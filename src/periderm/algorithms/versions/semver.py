"""Semantic versions: the order of semver.org 2.0.0, and of node's package manager, which is the same. Build metadata does
not count. Reads no ranges: see `npm_range`.

Taken as tools write them, too: a leading 'v' or '=', fewer than three numbers ('1.2' is '1.2.0'), more of them, and a
pre-release without its hyphen ('1.2.3beta').
"""

from __future__ import annotations

import re

from periderm.algorithms.versions.encode import is_number, number

_LOOSE = re.compile(r"[v=\s]*+(?>([0-9]++(?:\.[0-9]++)*))(?:[-_.~]?([0-9A-Za-z-][0-9A-Za-z.-]*))?(?:\+.*)?", re.DOTALL)
_NUMBER = r"(?:0|[1-9][0-9]*)"
_WORD = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
STRICT = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_WORD}(?:\.{_WORD})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_PRE, _RELEASE, _MORE = "\x01", "\x02", "\x03"
_END, _DIGITS, _TEXT, _TEXT_END = "\x01", "\x02", "\x03", "\x00"


def key(text: str) -> str | None:
    """The key, None for what does not begin with a number."""
    match = _LOOSE.fullmatch(text.strip())
    return None if match is None else key_of(match.group(1).split("."), match.group(2) or "")


def key_of(numbers: list[str], pre: str) -> str:
    """The key of numbers and a pre-release that were read already."""
    out = [number(n) for n in (*numbers, "", "")[:3]] if len(numbers) < 3 else [number(n) for n in numbers[:3]]
    more = [n.lstrip("0") for n in numbers[3:]]
    while more and not more[-1]:
        more.pop()
    out += (_MORE + number(n) for n in more)
    out.append(_pre(pre) if pre else _RELEASE)
    return "".join(out)


def valid(text: str) -> bool:
    """Whether it is a version by the letter of semver.org."""
    return STRICT.fullmatch(text) is not None


def valid_npm(text: str) -> bool:
    """Whether node-semver takes it: a 'v' and space around are allowed, and numbers and length are bounded."""
    if len(text) > 256:
        return False
    text = text.strip()
    match = STRICT.fullmatch(text[1:] if text[:1] in ("v", "=") else text)
    return match is not None and not text.startswith("=") and all(int(n) < 2**53 for n in match.groups()[:3])


def _pre(text: str) -> str:
    """Numbers are less than words; what goes on is greater than what ends."""
    parts = (f"{_DIGITS}{number(p)}" if is_number(p) else f"{_TEXT}{p}{_TEXT_END}" for p in text.split("."))
    return _PRE + "".join(parts) + _END
