"""Rewrites a regular expression of a condition for the prefilter: the result matches bytes of a row's string wherever the
original matches the fact, and may match more. What it does not understand it refuses, and then there is no prefilter.

Why it is not the same expression: conditions match characters, the prefilter bytes ('.' is one to four of them), a fact may
be a part of the row's string (so '^' and '$' stand elsewhere), and blanks of a command line are NUL in the row.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import hyperscan

_FOLDED = {"k": "\u212a", "s": "\u017f"}  # what Unicode's caseless matching adds to ASCII: Kelvin sign, long s
_CLASSES = frozenset("dws")
_NEGATED = frozenset("DWS")
_ANCHORS = {"A": "^", "z": "$", "Z": "$"}
_PLAIN_ESCAPES = {"n": "\\n", "t": "\\t", "r": "\\r", "f": "\\f", "v": "\\x0b"}
_MOST_COUNT = 50
_COUNT = re.compile(r"\{(\d{1,3})(,(\d{1,3})?)?\}")


class Ends(NamedTuple):
    """What '^' and '$' become, and what a blank may be in the row."""

    start: str = "^"
    end: str = "$"
    blank: str = ""


class Wide(NamedTuple):
    """The expression and how many characters of it are sure to be there: the more, the fewer rows match by chance."""

    pattern: str
    sure: int


class _Part(NamedTuple):
    """A piece: how it is written, the fewest characters it takes, how many of them are written out, whether it may go on."""

    text: str
    least: int
    sure: int
    endless: bool = False
    once: str = ""  # the same piece taken the fewest times


class _Refused(Exception):
    """Something that is not understood."""


_WHOLE = Ends()


def widen(pattern: str, ends: Ends = _WHOLE) -> Wide | None:
    """The expression for the prefilter; None if it would match everything or is not understood."""
    caseless = pattern.startswith("(?i)")
    try:
        reader = _Reader(pattern[4:] if caseless else pattern, ends, caseless)
        whole = reader.alternatives()
        if not reader.ended or whole.least == 0 or not whole.sure:
            return None
    except (_Refused, RecursionError):
        return None
    wide = Wide(("(?i)" if caseless else "") + whole.text, whole.sure)
    return wide if _compiles(wide.pattern) else None


def _compiles(pattern: str) -> bool:
    """Hyperscan refuses some expressions that have a meaning (`^^a`): a rule with one must not end the engine."""
    try:
        hyperscan.Database().compile(expressions=[pattern.encode()], ids=[0], elements=1, flags=[hyperscan.HS_FLAG_MULTILINE])
    except (hyperscan.error, hyperscan.HyperscanError, UnicodeEncodeError):
        return False
    return True


class _Reader:
    def __init__(self, pattern: str, ends: Ends, caseless: bool) -> None:
        self._pattern, self._at = pattern, 0
        self._ends, self._caseless = ends, caseless

    @property
    def ended(self) -> bool:
        """Whether all is read."""
        return self._at >= len(self._pattern)

    def _take(self) -> str:
        if self.ended:
            raise _Refused
        self._at += 1
        return self._pattern[self._at - 1]

    def _next(self) -> str:
        return self._pattern[self._at] if not self.ended else ""

    def alternatives(self, inner: bool = False) -> _Part:
        """Sequences between '|'. What may go on at the end of one is cut, so that a long string is not matched at each
        of its places."""
        options = [self._sequence(inner)]
        while self._next() == "|":
            self._at += 1
            options.append(self._sequence(inner))
        least, sure = min(o.least for o in options), min(o.sure for o in options)
        text = "|".join(o.text for o in options)
        return _Part(f"(?:{text})" if inner or len(options) > 1 else text, least, sure)

    def _sequence(self, inner: bool) -> _Part:
        parts: list[_Part] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated())
        if not inner:
            while parts and parts[-1].least == 0 and parts[-1].text not in (self._ends.end, "\\b", "\\B"):
                parts.pop()
            while parts and parts[0].least == 0 and parts[0].endless:
                parts.pop(0)
            if parts and parts[-1].endless and parts[-1].once:
                parts[-1] = parts[-1]._replace(text=parts[-1].once)
        return _Part("".join(p.text for p in parts), sum(p.least for p in parts), sum(p.sure for p in parts))

    def _repeated(self) -> _Part:
        part = self._atom()
        sign = self._next()
        if sign not in ("*", "+", "?", "{") or not sign:
            return part
        if not part.least:
            raise _Refused  # a repeated anchor
        low, high = self._count(sign)
        if self._next() == "?":
            self._at += 1  # lazy: which one is found first does not matter
        if self._next() in ("+", "*", "?", "{") and self._next():
            raise _Refused
        bound = f"{{{low},{'' if high is None else high}}}"
        once = f"{part.text}{{{low}}}" if low > 1 else part.text if low else ""
        return _Part(part.text + bound, part.least * low, part.sure * low, high is None, once)

    def _count(self, sign: str) -> tuple[int, int | None]:
        if sign != "{":
            self._at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        found = _COUNT.match(self._pattern, self._at)
        if found is None:
            raise _Refused
        self._at = found.end()
        low = int(found[1])
        high = (int(found[3]) if found[3] else None) if found[2] else low
        low = min(low, _MOST_COUNT)
        return low, high if high is not None and high <= _MOST_COUNT else None

    def _atom(self) -> _Part:  # noqa: PLR0911 -- one return for each kind of atom
        c = self._take()
        if c == "(":
            return self._group()
        if c == "[":
            return self._set()
        if c == ".":
            return _Part("(?:[^\\n]{1,4})", 1, 0)
        if c == "^":
            return _Part(self._ends.start, 0, 0)
        if c == "$":
            return _Part(self._ends.end, 0, 0)
        if c == "\\":
            return self._escape(self._take())
        if c in "*+?{":
            raise _Refused
        return self._literal(c)

    def _group(self) -> _Part:
        if self._next() == "?":
            if not self._pattern.startswith("?:", self._at):
                raise _Refused
            self._at += 2
        part = self.alternatives(inner=True)
        if self._take() != ")":
            raise _Refused
        return part

    def _literal(self, c: str) -> _Part:
        if not c.isascii():
            if self._caseless:
                raise _Refused
            return _Part(f"(?:{c})", 1, 1)
        if c in "\x00\n":
            raise _Refused
        if c == " " and self._ends.blank:
            return _Part(self._ends.blank, 1, 1)
        if self._caseless and c.lower() in _FOLDED:
            return _Part(f"(?:{c}|{_FOLDED[c.lower()]})", 1, 1)
        return _Part(re.escape(c), 1, 1)

    def _escape(self, c: str) -> _Part:  # noqa: PLR0911 -- one return for each kind of escape
        if c in _CLASSES:
            extra = "\\x00" if c == "s" and self._ends.blank else ""
            folded = "|\u212a|\u017f" if c == "w" and self._caseless else ""
            return _Part(f"(?:[\\{c}{extra}]{folded})", 1, 0)
        if c in _NEGATED:
            return _Part(f"(?:\\{c}{{1,4}})", 1, 0)
        if c in "bB":
            return _Part(f"\\{c}", 0, 0)
        if c in _ANCHORS:
            return _Part(self._ends.start if _ANCHORS[c] == "^" else self._ends.end, 0, 0)
        if c in _PLAIN_ESCAPES:
            return _Part(_PLAIN_ESCAPES[c], 1, 0)
        if c == "x":
            digits = self._take() + self._take()
            if not re.fullmatch("[0-7][0-9a-fA-F]", digits):
                raise _Refused
            return self._literal(chr(int(digits, 16)))
        if c.isalnum() or not c.isascii():
            raise _Refused
        return self._literal(c)

    def _set(self) -> _Part:
        begin = self._at
        negated = self._next() == "^"
        self._at += negated
        if self._next() == "]":
            raise _Refused  # dialects differ
        while (c := self._take()) != "]":
            if c == "[" or not c.isascii():
                raise _Refused
            if c == "\\":
                escaped = self._take()
                if escaped.isalnum() and escaped not in "dwsnrt":
                    raise _Refused
        inner = self._pattern[begin : self._at - 1]
        if negated:
            return _Part(f"(?:[{inner}]{{1,4}})", 1, 0)
        if self._ends.blank:
            inner = "\\x00" + inner  # more than was asked for
        folded = "|\u212a|\u017f" if self._caseless else ""
        return _Part(f"(?:[{inner}]{folded})", 1, 0)
