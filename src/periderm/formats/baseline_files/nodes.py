"""A place in plain data, and the values that may stand there; anything else is a FormatError that names it."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import TypeVar

from periderm.model.errors import FormatError
from periderm.model.timestamps import unix_nanoseconds

Word = TypeVar("Word", bound=enum.StrEnum)
_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)
_MOST = 2**63 - 1


class Node:
    """A mapping; what is not there is empty."""

    def __init__(self, value: object, where: str) -> None:
        self.where = where
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise FormatError("it has to be a mapping.", where=where)
        self._values: dict[str, object] = value

    def node(self, name: str) -> Node:
        """A mapping inside."""
        return Node(self._values.get(name) or {}, f"{self.where} {name}")

    def nodes(self, name: str) -> list[Node]:
        """A list of mappings."""
        return [Node(value, f"{self.where} {name}[{at}]") for at, value in enumerate(self._items(name))]

    def list(self, name: str) -> list[str]:
        """A list of texts."""
        return [self._text(value, name) for value in self._items(name)]

    def values(self, name: str) -> dict[str, object]:
        """A mapping of whatever."""
        return self.node(name)._values

    def texts(self, name: str) -> dict[str, str]:
        """A mapping of texts."""
        return {key: self._text(value, name) for key, value in self.values(name).items()}

    def text(self, name: str, *, needed: bool = False) -> str:
        """A text."""
        found = self._text(self._values.get(name, ""), name)
        if needed and not found:
            raise FormatError(f"{name} is missing.", where=self.where)
        return found

    def number(self, name: str, most: int = _MOST) -> int:
        """A whole number, 0 if it is not there."""
        return self.whole(self.text(name) or "0", most)

    def whole(self, text: str, most: int = _MOST) -> int:
        """A whole number of a text."""
        if not _NUMBER.fullmatch(text) or int(text) > most:
            raise FormatError(f"{text[:40]!r} is no whole number up to {most}.", where=self.where)
        return int(text)

    def time(self, name: str) -> int:
        """Unix seconds, 0 if it is not there."""
        text = self.text(name)
        return self.when(text) if text else 0

    def when(self, text: str) -> int:
        """Unix seconds of a time as RFC 3339 writes it."""
        found = unix_nanoseconds(text) // 10**9
        if not found:
            raise FormatError(f"{text[:40]!r} is no time.", "Write it like 2026-11-22T08:00:00Z.", where=self.where)
        return found

    def word(self, text: str, words: type[Word]) -> Word:
        """One of an enumeration."""
        try:
            return words(text)
        except ValueError:
            raise FormatError(f"{text[:40]!r} is none of {', '.join(words)}.", where=self.where) from None

    def pairs(self, value: object) -> tuple[tuple[int, int], ...]:
        """Pairs of numbers, the first growing."""
        found: list[tuple[int, int]] = []
        for pair in value if isinstance(value, list) else [value]:
            if not isinstance(pair, list) or len(pair) != 2:
                raise FormatError("buckets are pairs of numbers.", where=self.where)
            found.append((self.whole(self._text(pair[0], "buckets")), self.whole(self._text(pair[1], "buckets"))))
        return tuple(sorted(dict(found).items()))

    def _items(self, name: str) -> Sequence[object]:
        value = self._values.get(name) or []
        if not isinstance(value, list):
            raise FormatError(f"{name} has to be a list.", where=self.where)
        return value

    def _text(self, value: object, name: str) -> str:
        if not isinstance(value, str):
            raise FormatError(f"{name} has to be a text.", where=self.where)
        return value
