"""Text of a search to a `Condition`: words, quotes, FIELD:VALUE, and, or, not, brackets. Knows no field and no time.

    search := part ("or" part)*          part  := (one "and"?)*
    one    := ("not" | "-") one | "(" search ")" | FIELD op value ("," value)* | value
    op     := ":" | "=" | "!=" | ">=" | "<=" | ">" | "<"

Marks of a Chinese keyboard (：（），“”＞＜) read as their plain ones. Work is linear in the length, which is bounded.
"""

from __future__ import annotations

import re

from periderm.model.errors import UsageError
from periderm.model.search import (
    DEEPEST,
    LONGEST,
    LONGEST_VALUE,
    MOST_STARS,
    MOST_TERMS,
    Compare,
    Condition,
    Either,
    Every,
    Match,
    Not,
    Word,
)

_PLAIN = str.maketrans("：（），“”＞＜＝－！", ':(),""><=-!')
_FIELD = re.compile(r"([A-Za-z][A-Za-z_-]{0,31})(:?)(>=|<=|!=|=|>|<|)")
_BARE = re.compile(r"[^\s(),\"]+")  # a value: a comma ends it
_WORD = re.compile(r"[^\s()\"]+")
_SIMPLE = re.compile(r"[\w./*+@%#~][\w./*+@%#~-]*")
_JOINS = ("and", "or", "not")
_DIGESTS = ("sha256", "sha512")  # 'sha256:…' is a name and no field
_COMPARES = {"": Compare.IS, "=": Compare.IS, "!=": Compare.IS, **{c.value: c for c in Compare}}
QUOTES = 'Put it in quotes ("…") if it is meant as it is.'


def read(text: str) -> Condition:
    """The condition of a search; of blank text it is everything. Raises UsageError, which says at which character."""
    if len(text) > LONGEST:
        raise UsageError(f"The search is longer than {LONGEST} characters.", "Shorten it.")
    reader = _Reader(text)
    found = reader.either(0)
    reader.blanks()
    if reader.at < len(text):
        raise wrong(reader.at, "This bracket was never opened", "Take it away, or put it in quotes.")
    return found


def wrong(at: int, what: str, next_step: str) -> UsageError:
    """The error at a place (from 0) in a search, told from 1."""
    return UsageError(f"At character {at + 1}: {what}.", next_step)


def quoted(value: str) -> str:
    """The value as it can stand in a search: itself, or in quotes."""
    if _SIMPLE.fullmatch(value) and value.lower() not in _JOINS:
        return value
    escaped = "".join(f"\\{c}" if c in '\\"“”' else c for c in value)
    return f'"{escaped}"'


class _Reader:
    """A place in the text. `marks` is the text with plain marks, as long as the text itself."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.marks = text.translate(_PLAIN)
        self.at = 0
        self._terms = 0

    def blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def either(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise wrong(self.at, f"Brackets are more than {DEEPEST} deep", "Say it with fewer.")
        parts = [self._every(depth)]
        while self._join("or"):
            parts.append(self._every(depth))
        if len(parts) == 1:
            return parts[0]
        if any(part == Every() for part in parts):
            raise wrong(max(0, self.at - 1), "Something is missing beside `or`", "Say what on both sides, or quote the word.")
        return Either(tuple(parts))

    def _every(self, depth: int) -> Condition:
        parts: list[Condition] = []
        joined = -1
        while True:
            self.blanks()
            start = self.at
            if self._join("and"):
                if not parts or joined >= 0:
                    raise wrong(start, "Something is missing beside `and`", "Say what on both sides, or quote the word.")
                joined = start
                continue
            if self.at >= len(self.text) or self.marks[self.at] == ")" or self._ahead("or"):
                break
            parts.append(self._one(depth))
            joined = -1
        if joined >= 0:
            raise wrong(joined, "Something is missing behind `and`", "Say what on both sides, or quote the word.")
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self, depth: int) -> Condition:
        negations, start = 0, self.at
        while True:  # a loop, so that a thousand of them nest nothing
            self.blanks()
            if self._join("not"):
                negations += 1
            elif self.marks.startswith("-", self.at) and self.at + 1 < len(self.text) and not self.text[self.at + 1].isspace():
                negations += 1
                self.at += 1
            else:
                break
        if self.at >= len(self.text) or self.marks[self.at] == ")" or self._ahead("or") or self._ahead("and"):
            raise wrong(start, "Something is missing behind `not`", "Say what is not meant, or quote the word.")
        found = self._bracket(depth) if self.marks[self.at] == "(" else self._term()
        return Not(found) if negations % 2 else found

    def _bracket(self, depth: int) -> Condition:
        start = self.at
        self.at += 1
        found = self.either(depth + 1)
        self.blanks()
        if found == Every():
            raise wrong(start, "There is nothing in these brackets", "Take them away, or put them in quotes.")
        if not self.marks.startswith(")", self.at):
            raise wrong(start, "This bracket is never closed", "Close it with `)`, or put it in quotes.")
        self.at += 1
        return found

    def _term(self) -> Condition:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise wrong(self.at, f"There are more than {MOST_TERMS} words and fields", "Say it with fewer.")
        matched = _FIELD.match(self.marks, self.at)
        if matched and (matched[2] or matched[3]) and matched[1].lower() not in _DIGESTS:
            return self._field(matched)
        return Word(self._value(_WORD))

    def _field(self, matched: re.Match[str]) -> Condition:
        start = self.at
        self.at = matched.end()
        values = [self._value(_BARE, start)]
        while self.marks.startswith(",", self.at):
            self.at += 1
            values.append(self._value(_BARE, start))
        if len(values) > 1 and matched[3] in (">=", "<=", ">", "<"):
            raise wrong(start, f"`{matched[3]}` takes one value", "Say one.")
        found = Match(matched[1].lower(), tuple(values), _COMPARES[matched[3]], start + 1)
        return Not(found) if matched[3] == "!=" else found

    def _value(self, shape: re.Pattern[str], field_at: int = -1) -> str:
        start = self.at
        if self.marks.startswith('"', start):
            value = self._quoted()
        else:
            matched = shape.match(self.marks, start)
            value = self.text[start : matched.end()] if matched else ""
            self.at = matched.end() if matched else start
        if not value.strip():
            if field_at >= 0:
                raise wrong(start, "The value is missing", f"Say one directly behind `{self.text[field_at:start].strip()}`.")
            raise wrong(start, "Nothing is to be looked for", "Take the quotes or the mark away.")
        if len(value) > LONGEST_VALUE:
            raise wrong(start, f"A value is longer than {LONGEST_VALUE} characters", "Shorten it.")
        if value.count("*") > MOST_STARS:
            raise wrong(start, f"A value has more than {MOST_STARS} stars", "Say it with fewer.")
        return value

    def _quoted(self) -> str:
        start = self.at
        parts: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            mark = self.marks[self.at]
            if mark == '"':
                self.at += 1
                return "".join(parts)
            if mark == "\\" and self.at + 1 < len(self.text):
                self.at += 1
            parts.append(self.text[self.at])
            self.at += 1
        raise wrong(start, "This quote is never closed", 'Close it with `"`.')

    def _ahead(self, word: str) -> bool:
        end = self.at + len(word)
        same = self.marks[self.at : end].lower() == word
        return same and (end == len(self.text) or self.marks[end].isspace() or self.marks[end] in '()"')

    def _join(self, word: str) -> bool:
        self.blanks()
        if not self._ahead(word):
            return False
        self.at += len(word)
        return True
