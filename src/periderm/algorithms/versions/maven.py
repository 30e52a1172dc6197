"""Maven's order of versions. Reads no ranges.

Source: maven.apache.org/pom.html#version-order-specification and `ComparableVersion` of Maven 4 (the same as 3.9 but for
corners in which 3.9 contradicts itself): alpha < beta < milestone < rc = cr < snapshot < '' = ga = final = release < sp <
any other word < a hyphen's number < a dot's number. Trailing zeros and empty words do not count.

The text becomes nested lists (what follows a hyphen or a change between letters and digits is a list inside), as there;
then the lists become one string in which what is missing has its mark between the pre-releases and 'sp'.
"""

from __future__ import annotations

from typing import TypeAlias

from periderm.algorithms.versions.encode import is_number, number

# A number (its digits), a word, a word with its number, or a list of them; lists are always last in a list.
Item: TypeAlias = "str | tuple[str, str] | list[Item]"

_DEPTH = 64  # lists in lists; what is deeper is cut: Maven itself refuses texts above 256 characters
_BEFORE = {"alpha": "\x01", "beta": "\x02", "milestone": "\x03", "rc": "\x04", "snapshot": "\x05"}
_RELEASES = frozenset(("", "ga", "final", "release"))
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
_EMPTY_DOWN, _END, _EMPTY_UP, _SP, _WORD, _LIST, _NUMBER = "\x06", "\x07", "\x08", "\x09", "\x0a", "\x0b", "\x0c"
_ALONE, _COUNTED, _TEXT_END = "\x01", "\x02", "\x00"


def key(text: str) -> str:
    """Every text has a place, as for Maven."""
    return _encode(_trim(_parse(text.strip().lower()), 0))


def valid(text: str) -> bool:
    """Maven takes any text; what has no digit is no version that anybody means."""
    return any("0" <= c <= "9" for c in text) and not any(c.isspace() for c in text.strip())


def _parse(text: str) -> list[Item]:
    """Maven's tokens: one pass, a list for every hyphen and every change between letters and digits."""
    reader = _Reader()
    start, digits, counted = 0, False, False
    for i, c in enumerate(text):
        if c == ".":
            reader.add(text[start:i], digits, counted)
            counted, start = False, i + 1
        elif c == "-":
            if i > start and not digits and is_number(text[i + 1 : i + 2]):
                counted = True  # 'x-1' is 'x1'
                continue
            reader.add(text[start:i], digits, counted)
            start = i + 1
            reader.deepen()
            counted = False
        elif "0" <= c <= "9":
            if not digits and i > start:
                counted = True
                reader.deepen()
            digits = True
        else:
            if digits and i > start:
                reader.add(text[start:i], True, counted)
                start = i
                reader.deepen()
                counted = False
            digits = False
    if len(text) > start:
        if not digits:
            reader.deepen()  # '1.0.x' is '1.0-x'
        reader.add(text[start:], digits, counted)
    return reader.root


class _Reader:
    """Where the parser writes: the innermost list."""

    def __init__(self) -> None:
        self.root: list[Item] = []
        self._last = self.root
        self._depth = 0

    def add(self, text: str, digits: bool, counted: bool) -> None:
        """A token; between two separators it is the number 0."""
        if not text:
            self._last.append("0")
        elif counted:
            text = text.replace("-", "")
            cut = next((i for i, c in enumerate(text) if "0" <= c <= "9"), len(text))
            word = text[:cut]
            self._last.append((_word(_SHORT.get(word, word)), text[cut:].lstrip("0")))
        else:
            self._last.append((text.lstrip("0") or "0") if digits else (_word(text), "-"))

    def deepen(self) -> None:
        """A list inside the innermost, unless that is still empty."""
        if self._last and self._depth < _DEPTH:
            inner: list[Item] = []
            self._last.append(inner)
            self._last = inner
            self._depth += 1


def _word(text: str) -> str:
    return "rc" if text == "cr" else text


def _trim(items: list[Item], depth: int) -> list[Item]:
    """Without the zeros before a word and at the end, and without lists that hold nothing but a list."""
    if items and isinstance(items[-1], list):
        items[-1] = _trim(items[-1], depth + 1)
    for i in range(len(items) - 1, -1, -1):
        if items[i] in ("0", [], ("", "-")) and (i == len(items) - 1 or _qualifies(items[i + 1])):
            del items[i]
    if len(items) == 1 and isinstance(items[0], list) and not isinstance(items[0][0], str):
        return items[0]  # '0-rc' is 'rc'
    return items


def _qualifies(item: Item) -> bool:
    """Whether a zero before it does not count: before a hyphen, and before a word."""
    return isinstance(item, list) or (isinstance(item, tuple) and item[1] == "-")


def _sign(item: Item) -> int:
    """Whether an item is less (-1), equal (0) or more (1) than nothing."""
    if isinstance(item, list):
        return next((sign for sign in map(_sign, item) if sign), 0)
    if isinstance(item, str):
        return int(item != "0")
    if item[0] in _BEFORE:
        return -1
    return int(item[0] not in _RELEASES or item[1] not in ("-", ""))


def _encode(items: list[Item]) -> str:
    """A list as text that sorts, up to the last item that is not nothing. Read from the end, because whether a 'ga' in
    the middle is more or less than the end depends on what follows."""
    out = [_END]
    sign = 0
    for item in reversed(items):
        sign = _sign(item) or sign
        if sign == 0:
            continue
        if isinstance(item, str):
            out.append(_NUMBER + number(item))
        elif isinstance(item, list):
            out.append((_LIST if item and isinstance(item[0], str) else "") + _encode(item))
        else:
            out.append(_code(item, sign) + _END)
    out.reverse()
    return "".join(out)


def _code(item: tuple[str, str], sign: int) -> str:
    word, count = item
    counted = _ALONE if count == "-" else _COUNTED + number(count)
    if word in _BEFORE:
        return _BEFORE[word] + counted
    if word in _RELEASES:
        if counted == _COUNTED + number(""):
            counted = _ALONE
        return (_EMPTY_UP if sign > 0 else _EMPTY_DOWN) + counted
    return (_SP if word == "sp" else _WORD + word + _TEXT_END) + counted
