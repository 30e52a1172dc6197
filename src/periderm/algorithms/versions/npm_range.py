"""node-semver's ranges: whether a version satisfies '^1.2 || >=3 <4', as package.json and lock files write it.

Source: the node-semver README ('Ranges', 'Advanced Range Syntax') and its range.bnf. Strict, as `semver.satisfies` is by
default: a pre-release satisfies only a comparator that names one of the same three numbers. Bounded: 2,048 characters.
"""

from __future__ import annotations

import re
from functools import lru_cache

from periderm.algorithms.versions import semver

_LONGEST = 2048
_TOO_LARGE = 2**53  # JavaScript's integers end here
_X = r"(0|[1-9][0-9]*|[xX*])"
_PRE = r"(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
_PARTIAL = rf"([v=]*){_X}(?:\.{_X}(?:\.{_X}{_PRE})?)?"
_COMPARATOR = re.compile(rf"(\^|~>?|[<>]?=?){_PARTIAL}")
_HYPHEN = re.compile(rf"{_PARTIAL}\s+-\s+{_PARTIAL}")
_OPERATOR_SPACE = re.compile(r"(\^|~>?|[<>]=?|=)\s+(?=\S)")
_BUILD = re.compile(r"\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*")

Triple = tuple[int, int, int]
Comparator = tuple[str, str, Triple | None]  # operator, key, the numbers if it names a pre-release


def satisfies(version: str, text: str, include_prerelease: bool = False) -> bool:
    """Whether a version is in a range; False if one of them is none."""
    if not semver.valid_npm(version):
        return False
    plain = version.strip().removeprefix("v")
    match = semver.STRICT.fullmatch(plain)
    sets = _ranges(text, include_prerelease)
    if match is None or sets is None:
        return False
    numbers = (int(match[1]), int(match[2]), int(match[3]))
    own = semver.key_of([match[1], match[2], match[3]], match[4] or "")
    return any(_in(own, numbers, bool(match[4]) and not include_prerelease, each) for each in sets)


def valid(text: str) -> bool:
    """Whether it is a range."""
    return _ranges(text, False) is not None


def _in(own: str, numbers: Triple, restricted: bool, comparators: tuple[Comparator, ...]) -> bool:
    for operator, bound, _ in comparators:
        if operator == "<":
            fits = own < bound
        elif operator == "<=":
            fits = own <= bound
        elif operator == ">":
            fits = own > bound
        else:
            fits = own >= bound if operator == ">=" else own == bound
        if not fits:
            return False
    return not restricted or any(named == numbers for _, _, named in comparators)


@lru_cache(maxsize=4096)
def _ranges(text: str, pre: bool) -> tuple[tuple[Comparator, ...], ...] | None:
    """Alternatives, each a list of comparators that must all hold; None if it is no range."""
    if len(text) > _LONGEST:
        return None
    sets = []
    for part in " ".join(text.split()).split("||"):
        comparators = _alternative(_BUILD.sub("", part.strip()), pre)
        if comparators is None:
            return None
        sets.append(tuple(comparators))
    # one alternative that takes anything is the whole range, for node too, and then names no pre-release
    return ((),) if () in sets else tuple(sets)


def _alternative(text: str, pre: bool) -> list[Comparator] | None:
    match = _HYPHEN.fullmatch(text)
    if match:
        return _hyphen(match, pre)
    out: list[Comparator] = []
    for word in _OPERATOR_SPACE.sub(r"\1", text).split():
        match = _COMPARATOR.fullmatch(word)
        small = match and all(n is None or n < _TOO_LARGE for n in map(_number, match.group(3, 4, 5)))
        found = _comparator(match, pre) if match and small else None
        if found is None:
            return None
        out += found
    return out


def _at(operator: str, numbers: Triple, pre: str = "", named: bool = False) -> Comparator:
    return operator, semver.key_of([str(n) for n in numbers], pre), numbers if pre and (named or pre != "0") else None


def _number(text: str | None) -> int | None:
    """None for 'x', '*' and what is not there."""
    return None if text in (None, "x", "X", "*") else int(str(text))


def _comparator(match: re.Match[str], pre: bool) -> list[Comparator] | None:
    operator, tag = match[1], match[6] or ""
    major, minor, patch = (_number(match[i]) for i in (3, 4, 5))
    least = "0" if pre else ""
    if operator in ("^", "~", "~>"):
        return _tilde_or_caret(operator, (major, minor, patch), tag, least)
    if (major is None and minor is not None) or (minor is None and patch is not None):
        return None  # 'x.1', '1.x.2'
    if major is None:
        return [_at("<", (0, 0, 0), "0")] if operator in ("<", ">") else []
    if minor is None or patch is None:
        return _partial(operator, major, minor, least)
    # '>==1.2.3' is none, though '>==1.2' is
    return None if match[2] not in ("", "v") else [_at(operator or "=", (major, minor, patch), tag, named=True)]


def _partial(operator: str, major: int, minor: int | None, least: str) -> list[Comparator]:
    """'1', '1.x', '1.2.*' with an operator or without."""
    low = (major, minor or 0, 0)
    high = (major + 1, 0, 0) if minor is None else (major, minor + 1, 0)
    if operator == ">":
        return [_at(">=", high, least)]
    if operator == ">=":
        return [_at(">=", low, least)]
    if operator == "<":
        return [_at("<", low, "0")]
    if operator == "<=":
        return [_at("<", high, "0")]
    return [_at(">=", low, least), _at("<", high, "0")]


def _tilde_or_caret(
    operator: str, numbers: tuple[int | None, int | None, int | None], tag: str, least: str
) -> list[Comparator]:
    major, minor, patch = numbers
    if major is None:
        return []
    if minor is None:
        return [_at(">=", (major, 0, 0), least), _at("<", (major + 1, 0, 0), "0")]
    caret = operator == "^"
    if patch is None:
        high = (major + 1, 0, 0) if caret and major else (major, minor + 1, 0)
        return [_at(">=", (major, minor, 0), least), _at("<", high, "0")]
    if caret and major:
        high = (major + 1, 0, 0)
    elif caret and not minor:
        high = (major, minor, patch + 1)
    else:
        high = (major, minor + 1, 0)
    return [_at(">=", (major, minor, patch), tag, named=bool(tag)), _at("<", high, "0")]


def _hyphen(match: re.Match[str], pre: bool) -> list[Comparator] | None:
    """'1.2 - 2.3': from the first to the last that begins like the second."""
    low, high = (_Partial(match, 1), _Partial(match, 6))
    if not (low.usable and (high.usable or high.tag)):
        return None
    out: list[Comparator] = []
    if low.major is not None:
        tag = low.tag if low.whole else ""
        numbers = (low.major, low.minor or 0, (low.patch or 0) if low.whole else 0)
        out.append(_at(">=", numbers, tag or ("0" if pre else ""), named=bool(tag)))
    if high.major is None:
        return out
    if high.minor is None:
        out.append(_at("<", (high.major + 1, 0, 0), "0"))
    elif high.patch is None:
        out.append(_at("<", (high.major, high.minor + 1, 0), "0"))
    elif high.tag:
        out.append(_at("<=", (high.major, high.minor, high.patch), high.tag, named=True))
    elif pre:
        out.append(_at("<", (high.major, high.minor, high.patch + 1), "0"))
    else:
        out.append(_at("<=", (high.major, high.minor, high.patch)))
    return out


class _Partial:
    """One side of a hyphen: three numbers, of which the last may be missing or 'x', and a pre-release."""

    def __init__(self, match: re.Match[str], group: int) -> None:
        self.major, self.minor, self.patch = (_number(match[group + i]) for i in (1, 2, 3))
        self.tag = match[group + 4] or ""
        self.whole = self.minor is not None and self.patch is not None
        small = all(n is None or n < _TOO_LARGE for n in (self.major, self.minor, self.patch))
        self.usable = small and not (self.whole and self.major is not None and match[group] not in ("", "v"))
