"""Foreign bytes to plain values for the formats of languages: text, JSON, TOML, YAML, each bounded. Knows no package.

Whatever is wrong with the bytes is a FormatError. Values are never trusted to have a type: `text`, `table` and `items`
give what is there, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from periderm.formats.languages import plain_yaml
from periderm.model.errors import FormatError, LimitError

DEEPEST = 100  # nesting of YAML
MOST_CONTAINERS = 1_000_000  # mappings and lists of one document: each takes far more memory than its two bytes
MOST_VALUES = 4_000_000  # all values
MOST_DOTS = 64  # parts of one dotted TOML key: tomllib's time grows with their square
_DOTTED = re.compile(rf"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){{{MOST_DOTS}}}")


def decoded(data: bytes) -> str:
    """UTF-8 or, with its mark, UTF-16; what cannot be read is replaced."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").removeprefix("\ufeff")
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _bounded(data: bytes, path: str) -> None:
    """Refuses a document whose values would take many times its size, before it is read. Quotes are not looked at: an
    honest text has not that many brackets either."""
    if data.count(b"{") + data.count(b"[") > MOST_CONTAINERS or data.count(b",") + data.count(b"\n") > MOST_VALUES:
        raise LimitError(f"it has more than {MOST_CONTAINERS} tables and lists, or {MOST_VALUES} values.", where=path)


def json_of(data: bytes, path: str) -> object:
    """A JSON document. Bytes that are not UTF-8 are replaced."""
    _bounded(data, path)
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        try:
            return msgspec.json.decode(data)
        except (UnicodeDecodeError, msgspec.DecodeError):
            return msgspec.json.decode(decoded(data))
    except RecursionError as error:
        raise LimitError("it is nested too deeply.", where=path) from error
    except (ValueError, msgspec.DecodeError) as error:
        raise FormatError(f"it is no JSON: {str(error)[:200]}", where=path) from error


def json_with_comments(data: bytes, path: str) -> object:
    """JSON with // and /* */ comments and commas at the end, as JavaScript's tools write it."""
    return json_of(b"".join(_without_extras(decoded(data))), path)


# What is not closed goes to the end: it must not be looked at again from every character. (Python before 3.11.5, as in Debian
# 12, matches a possessive group of several pieces wrongly: gh-106052.)
_PIECES = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*\\?(?:"|\Z)|//[^\n]*+|/\*.*?(?:\*/|\Z)|[^"/,]++|.', re.DOTALL)


def _without_extras(text: str) -> Iterator[bytes]:
    """The pieces that count; a comma is held back until what follows it is no closing bracket."""
    held = b""
    for match in _PIECES.finditer(text):
        piece = match.group()
        if piece.startswith(("//", "/*")):
            continue
        if piece == ",":
            yield held
            held = b","
            continue
        first = piece.lstrip()[:1]
        if first and first not in "}]":
            yield held
        if first:
            held = b""
        yield piece.encode("utf-8", "replace")
    yield held


# A line of a list of files: `    { url = "…", hash = "…" },`. Most of a Python lock file; nothing in it is needed.
_FILES = re.compile(r"^[ \t]+\{ ?(?:url|file) ?= ?[^\n]*\},?[ \t\r]*$", re.MULTILINE)


def toml_of(data: bytes, path: str) -> dict[str, object]:
    """A TOML document without the lists of files that locks of Python carry."""
    import tomllib

    _bounded(data, path)
    text_ = _FILES.sub("", decoded(data))
    if _DOTTED.search(text_):
        raise LimitError(f"a key has more than {MOST_DOTS} parts.", where=path)
    try:
        return tomllib.loads(text_)
    except RecursionError as error:
        raise LimitError("it is nested too deeply.", where=path) from error
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:  # dates and numbers too
        raise FormatError(f"it is no TOML: {str(error)[:200]}", where=path) from error


def yaml_of(data: bytes, path: str) -> object:
    """A YAML document whose scalars all stay text ('1.10' is no number). Aliases are refused: no lock file has any."""
    _bounded(data, path)
    text_ = decoded(data)
    plain = plain_yaml.read(text_)
    if plain is not None:
        return plain
    return _whole_yaml(text_, path)


def _whole_yaml(text_: str, path: str) -> object:
    import yaml

    try:
        events = yaml.parse(text_, Loader=yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader)
        return _document(events, path)
    except RecursionError as error:
        raise LimitError("it is nested too deeply.", where=path) from error
    except (yaml.YAMLError, ValueError) as error:
        raise FormatError(f"it is no YAML: {' '.join(str(error).split())[:200]}", where=path) from error


def _document(events: Iterator[object], path: str) -> object:
    """The first document, built from events without recursion."""
    import yaml

    root: list[object] = []
    stack: list[_Open] = [_Open(root)]
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise FormatError("it has YAML aliases, which are not followed.", where=path)
        if isinstance(event, yaml.ScalarEvent):
            stack[-1].put(event.value)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if len(stack) > DEEPEST:
                raise LimitError(f"it is nested more than {DEEPEST} deep.", where=path)
            holder: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
            stack[-1].put(holder)
            stack.append(_Open(holder))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            stack.pop()
        elif isinstance(event, yaml.DocumentEndEvent):
            break
    return root[0] if root else None


class _Open:
    """A mapping or sequence that is being filled. In a mapping every second value is a key; one that is no text has no
    place among strings and is dropped with its value."""

    __slots__ = ("_holder", "_key", "_keyed")

    def __init__(self, holder: dict[str, object] | list[object]) -> None:
        self._holder = holder
        self._key: object = None
        self._keyed = False

    def put(self, value: object) -> None:
        if isinstance(self._holder, list):
            self._holder.append(value)
        elif not self._keyed:
            self._key, self._keyed = value, True
        else:
            self._keyed = False
            if isinstance(self._key, str):
                self._holder[self._key] = value


def text(value: object) -> str:
    """A text, or '' for anything else."""
    return value if isinstance(value, str) else ""


def table(value: object) -> dict[str, object]:
    """A mapping, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def tables(value: object) -> Iterator[dict[str, object]]:
    """The mappings in a list."""
    return (one for one in items(value) if isinstance(one, dict))


def texts(value: object) -> Iterator[str]:
    """The texts in a list, without empty ones."""
    return (one for one in items(value) if isinstance(one, str) and one)
