"""SPDX licence expressions, and what package managers write instead of them. Looks up nothing and judges nothing.

Source: SPDX specification 2.3 and 3.0, annex 'SPDX license expressions': WITH binds tighter than AND, AND than OR; operators
in capitals or not. Also read: Cargo's 'MIT/Apache-2.0', 'MIT and BSD', 'GPL v2 or later', 'Apache License, Version 2.0'.
Bounded: 4,000 characters, 30 levels, 200 licences; what is beyond is one unknown licence.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec

from periderm.algorithms.licences.ids import canonical

LONGEST, DEEPEST, MOST = 4_000, 30, 200


class Licence(msgspec.Struct, frozen=True):
    """One licence: an SPDX identifier, a LicenseRef, or words that name none (then `known` is false)."""

    id: str
    exception: str = ""
    later: bool = False
    known: bool = True

    def __str__(self) -> str:
        name = f"{self.id}+" if self.later else self.id
        return f"{name} WITH {self.exception}" if self.exception else name


class All(msgspec.Struct, frozen=True):
    """All of them apply (AND)."""

    of: tuple[Expression, ...]

    def __str__(self) -> str:
        return " AND ".join(f"({each})" if isinstance(each, Any) else str(each) for each in self.of)


class Any(msgspec.Struct, frozen=True):
    """One may be chosen (OR)."""

    of: tuple[Expression, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.of))


Expression: TypeAlias = Licence | All | Any
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*\+?")
_REFERENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?(?:LicenseRef|AdditionRef)-[A-Za-z0-9.-]+")
_WORDS = re.compile(r"\(|\)|[^\s()]+")
_OPERATORS = frozenset(("and", "or", "with"))
# 'or later' and the like belong to a name and are no operator
_LATER = re.compile(
    r"\bor[ -](?:any[ -])?(?:later|newer|greater)(?:[ -]version)?\b|\bor \(at your option\) any later version\b", re.IGNORECASE
)
_NONE = frozenset(("", "none", "noassertion", "unknown", "unlicensed", "see license in license", "other", "custom", "dual"))


def parse(text: str) -> Expression | None:
    """The expression; None if nothing is told ('', 'NOASSERTION', 'UNKNOWN'). Anything else gives something: words that
    name no licence are a Licence that is not `known`."""
    text = text.strip()
    if text.lower() in _NONE:
        return None
    if len(text) > LONGEST:
        return Licence(text[:60], known=False)
    whole = canonical(text)
    if whole and whole.lower() != text.lower():
        text = whole
    try:
        return _Parser(_LATER.sub("or-later", text)).whole()
    except _NotOneError:
        return Licence(" ".join(text.split())[:120], known=False)


class _NotOneError(Exception):
    """The text is no expression. Never leaves this file."""


class _Parser:
    def __init__(self, text: str) -> None:
        self._words = [*_split(text), ""]
        self._next = 0
        self._licences = 0

    def whole(self) -> Expression:
        """All of the text."""
        found = self._any(0)
        if self._word:
            raise _NotOneError
        return found

    @property
    def _word(self) -> str:
        return self._words[self._next]

    def _any(self, depth: int) -> Expression:
        parts = [self._all(depth)]
        while self._word.lower() in ("or", "/", "|", "||"):
            self._next += 1
            parts.append(self._all(depth))
        flat = tuple(dict.fromkeys(p for part in parts for p in (part.of if isinstance(part, Any) else (part,))))
        return flat[0] if len(flat) == 1 else Any(flat)

    def _all(self, depth: int) -> Expression:
        parts = [self._one(depth)]
        while self._word.lower() in ("and", "&", "&&", ",", ";"):
            self._next += 1
            parts.append(self._one(depth))
        flat = tuple(dict.fromkeys(p for part in parts for p in (part.of if isinstance(part, All) else (part,))))
        return flat[0] if len(flat) == 1 else All(flat)

    def _one(self, depth: int) -> Expression:
        if self._word == "(":
            if depth >= DEEPEST:
                raise _NotOneError
            self._next += 1
            found = self._any(depth + 1)
            if self._word != ")":
                raise _NotOneError
            self._next += 1
            return found
        words = []
        while (
            self._word
            and self._word not in ("(", ")")
            and self._word.lower() not in (*_OPERATORS, "/", "|", "||", "&", "&&", ",", ";")
        ):
            words.append(self._word)
            self._next += 1
        self._licences += 1
        if not words or self._licences > MOST:
            raise _NotOneError
        return self._with(_licence(" ".join(words)))

    def _with(self, found: Expression) -> Expression:
        if self._word.lower() != "with":
            return found
        self._next += 1
        exception = self._word
        if not isinstance(found, Licence) or not _IDENTIFIER.fullmatch(exception) or exception.lower() in _OPERATORS:
            raise _NotOneError
        self._next += 1
        return msgspec.structs.replace(found, exception=canonical(exception) or exception)


def _split(text: str) -> list[str]:
    """Words and brackets; between two identifiers '/' is 'or', as Cargo once had it."""
    out: list[str] = []
    for word in _WORDS.findall(text):
        if len(word) > 1 and word[-1] in ",;":
            out += (word[:-1], word[-1])
        elif "/" in word and not word.startswith("http") and not canonical(word) and all(word.split("/")):
            out += [w for piece in word.split("/") for w in (piece, "/")][:-1]
        else:
            out.append(word)
    return out


def _licence(name: str) -> Expression:
    if _REFERENCE.fullmatch(name):
        return Licence(name)
    known = canonical(name)
    if " OR " in known:
        return Any(tuple(Licence(each) for each in known.split(" OR ")))
    if known:
        return Licence(known)
    bare = name.removesuffix("+").removesuffix("or-later").rstrip(" -")
    if bare != name and (known := canonical(bare)):
        return Licence(known, later=True)
    return Licence(name[:120], known=False)
