"""TOML as keys and values that know their line and column. Resolves no meaning, and knows no key of ours.

tomllib (https://toml.io/en/v1.0.0) reads the values but does not say where they stand: a second walk over what it found
valid finds the keys. It is linear in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

MOST_BYTES = 256 << 10
_PLACE = re.compile(r"^(.{0,300}?)\s*\(at (?:line (\d{1,9}), column (\d{1,9})|(end of document))\)$", re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_SKIPPED = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_INSIDE = re.compile(r"[^\[\]{}\"'#\n]+")


class Placed(msgspec.Struct, frozen=True):
    """A key with its value. `path` are the tables it is in and its own name; `line` and `column` count from 1."""

    path: tuple[str, ...]
    value: Any
    line: int
    column: int


class TomlFault(msgspec.Struct, frozen=True):
    """What is wrong with the text, and where."""

    what: str
    line: int
    column: int


def read(data: bytes) -> tuple[tuple[Placed, ...], TomlFault | None]:
    """All keys that are given a value, in the order of the text; or nothing, and what is wrong with it."""
    import tomllib

    if len(data) > MOST_BYTES:
        return (), TomlFault(f"The file is larger than {MOST_BYTES >> 10} KiB.", 1, 1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        return (), TomlFault("This is not UTF-8.", before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return (), _fault(str(error), text)
    except (RecursionError, ValueError):  # a nest too deep; an integer of more digits than Python reads
        return (), TomlFault("A value is nested too deeply or too long.", 1, 1)
    found: list[Placed] = []
    line, counted = 1, 0
    for path, offset in _keys(text):
        line, counted = line + text.count("\n", counted, offset), offset
        found.append(Placed(path, _at(tree, path), line, offset - text.rfind("\n", 0, offset)))
    return tuple(found), None


def _fault(said: str, text: str) -> TomlFault:
    match = _PLACE.match(said)
    if match is None:
        return TomlFault(said[:300] + ".", 1, 1)
    if match[4]:
        return TomlFault(match[1] + ".", text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1)
    return TomlFault(match[1] + ".", int(match[2]), int(match[3]))


def _at(tree: dict[str, Any], path: tuple[str, ...]) -> Any:
    node: Any = tree
    for name in path:
        if isinstance(node, list):  # an array of tables: whoever reads this wants to know that it is one
            return node
        node = node.get(name) if isinstance(node, dict) else None
    return node


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each key that is given a value, and where it begins. The text is valid TOML."""
    table: tuple[str, ...] = ()
    at = 0
    while (at := _after(_SKIPPED, text, at)) < len(text):
        if text[at] == "[":
            double = text.startswith("[[", at)
            table, at = _key(text, at + 1 + double)
            at += 1 + double
            continue
        begin = at
        path, at = _key(text, at)
        yield table + path, begin
        at = _behind_value(text, at + 1)


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _key(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """A dotted key from `at` on, and where what follows it stands."""
    parts = []
    while True:
        at = _after(_BLANK, text, at)
        if text[at] in "\"'":
            end = _behind_string(text, at)
            parts.append(_unquoted(text[at:end]))
        else:
            end = _after(_BARE, text, at)
            parts.append(text[at:end])
        at = _after(_BLANK, text, end)
        if text[at : at + 1] != "." or end == len(text):
            return tuple(parts), at
        at += 1


def _unquoted(quoted: str) -> str:
    import tomllib

    name, *_ = tomllib.loads(f"{quoted} = 0")
    return name


def _behind_string(text: str, at: int) -> int:
    """Behind the string that begins at `at`."""
    quote = text[at]
    if text.startswith(quote * 3, at):
        end = at + 3
        while not text.startswith(quote * 3, end):
            end += 2 if text[end] == "\\" and quote == '"' else 1
        end += 3
        while text.startswith(quote, end):  # up to two of them may stand before the closing three
            end += 1
        return end
    end = at + 1
    while text[end] != quote:
        end += 2 if text[end] == "\\" and quote == '"' else 1
    return end + 1


def _behind_value(text: str, at: int) -> int:
    """Behind the value that begins at `at`: at the end of its line, or of the last line of an array."""
    depth = 0
    while at < len(text):
        letter = text[at]
        if letter in "\"'":
            at = _behind_string(text, at)
        elif letter == "#":
            at = (text.find("\n", at) + 1 or len(text) + 1) - 1
        elif letter == "\n":
            if not depth:
                return at
            at += 1
        elif letter in "[]{}":
            depth += 1 if letter in "[{" else -1
            at += 1
        else:
            at = _after(_INSIDE, text, at)
    return at
