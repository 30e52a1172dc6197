"""Words of an instruction with variables put in, as BuildKit does it before it runs anything. Runs nothing itself.

Source: BuildKit's Dockerfile reference, "Environment replacement". What nobody gave a value is left as written: a judgement
of it would be a guess; so are patterns with quotes, and those of values that are longer than any name of an image or a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from periderm.formats.containerfile.globs import replaced, trimmed
from periderm.model.errors import LimitError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEEPEST = 8
_LONGEST_MATCHED = 4_000  # characters of a value that a pattern is tried on
_LONGEST_PATTERN = 200
LONGEST = 20_000  # characters of one value


class Budget:
    """How many characters variables may still put into the texts of one file."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, size: int) -> None:
        """Raises LimitError when it is used up."""
        self._left -= size
        if self._left < 0:
            raise LimitError("its variables grow too large.")


class Expanded:
    """Collects words. `known` becomes False when a variable is left as written."""

    def __init__(self, variables: Mapping[str, str | None], escape: str, budget: Budget) -> None:
        self._variables = variables
        self._escape = escape
        self._budget = budget
        self.known = True

    def words(self, text: str, *, keep_quotes: bool = False) -> tuple[str, ...]:
        """Split at white space outside quotes; quotes and escapes are taken off."""
        found: list[str] = []
        word: list[str] = []
        began, quote, at = False, "", 0
        while at < len(text):
            char = text[at]
            if char == self._escape and quote != "'" and at + 1 < len(text):
                following = text[at + 1]
                keeps = keep_quotes or (quote == '"' and following not in f'"${self._escape}')
                word.append(char + following if keeps else following)
                began, at = True, at + 2
                continue
            if char == "$" and quote != "'":
                value, at = self._variable(text, at, 0)
                word.append(value)
                began = True
                continue
            if char in "'\"" and quote in ("", char):
                quote = "" if quote else char
                began = True
                if keep_quotes:
                    word.append(char)
            elif char in " \t\n" and not quote:
                if began:
                    found.append("".join(word))
                word, began = [], False
            else:
                word.append(char)
                began = True
            at += 1
        if began:
            found.append("".join(word))
        return tuple(found)

    def text(self, text: str) -> str:
        """One text with its variables put in; white space and quotes stay."""
        out, at = [], 0
        while at < len(text):
            if text[at] == "$":
                value, at = self._variable(text, at, 0)
                out.append(value)
            else:
                out.append(text[at])
                at += 1
        return "".join(out)[:LONGEST]

    def _variable(self, text: str, at: int, depth: int) -> tuple[str, int]:
        """(value, where the text goes on) of what begins with '$'."""
        if text[at + 1 : at + 2] != "{":
            match = _NAME.match(text, at + 1)
            if match is None:
                return "$", at + 1
            return self._value(match[0], text[at : match.end()]), match.end()
        end = _closing(text, at + 2)
        whole = text[at : end + 1]
        match = _NAME.match(text, at + 2)
        if match is None or match.end() > end:
            self.known = False
            return whole, end + 1
        rest = text[match.end() : end]
        return self._braced(match[0], rest, whole, depth), end + 1

    def _value(self, name: str, written: str) -> str:
        value = self._variables.get(name)
        if value is None:
            self.known = False
            return written
        return self._taken(value)

    def _taken(self, value: str) -> str:
        self._budget.take(len(value))
        return value[:LONGEST]

    def _braced(self, name: str, rest: str, written: str, depth: int) -> str:
        value = self._variables.get(name)
        if not rest:
            return self._value(name, written)
        colon = rest.startswith(":")
        sign, word = rest[colon : colon + 1], rest[colon + 1 :]
        given = value is not None and (bool(value) or not colon)
        if sign in ("-", "+") and depth < _DEEPEST:
            if sign == "-":
                return self._taken(value) if given and value is not None else self._word(word, depth)
            return self._word(word, depth) if given else ""
        changed = value if sign == "?" and given else None
        if rest[0] in "#%/" and value is not None and depth < _DEEPEST:
            changed = self._matched(value, rest, depth)
        if changed is not None:
            return self._taken(changed)
        self.known = False
        return written

    def _matched(self, value: str, rest: str, depth: int) -> str | None:
        """The value after `#pattern`, `%pattern` or `/pattern/word`; None where that cannot be told."""
        sign = rest[:2] if rest[1:2] == rest[0] else rest[0]
        pattern, word = rest[len(sign) :], ""
        if rest[0] == "/":
            cut = _slash(pattern)
            if cut < 0:
                return None
            pattern, word = pattern[:cut], self._word(pattern[cut + 1 :], depth)
        pattern = self._word(pattern, depth)
        if len(value) > _LONGEST_MATCHED or len(pattern) > _LONGEST_PATTERN or any(q in pattern + word for q in "'\""):
            return None
        if not self.known:  # part of it has no value
            return None
        self._budget.take(len(pattern) * (1 + len(value) // 2))
        if rest[0] == "/":
            return replaced(value, pattern, word, everywhere=sign == "//")
        return trimmed(value, sign, pattern)

    def _word(self, word: str, depth: int) -> str:
        out, at = [], 0
        while at < len(word):
            if word[at] == "$":
                value, at = self._variable(word, at, depth + 1)
                out.append(value)
            else:
                out.append(word[at])
                at += 1
        return "".join(out)[:LONGEST]


def _closing(text: str, at: int) -> int:
    """Where the brace that is open closes; the text's end if it does not."""
    depth = 1
    while at < len(text):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
        at += 1
    return len(text)


def _slash(text: str) -> int:
    """Where the slash is that ends a pattern, -1 if none does: not one that is escaped, nor one of a variable in it."""
    depth, at = 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text.startswith("${", at):
            depth += 1
        elif text[at] == "}":
            depth -= 1
        elif text[at] == "/" and depth == 0:
            return at
        at += 1
    return -1
