"""Small templates for messages that people write: `{{name}}`, filters, and blocks. A template can name what it is given and
nothing else: there are no expressions, attributes, loops over numbers or calls, so that it costs at most what it writes.

    {{title}}                       a value; a name that is not known is an error when the template is checked
    {{summary|short:200|line}}      filters: short:N, line (one line), upper, lower
    {{#notices}}…{{/notices}}       once for each
    {{?owner}}…{{/owner}}           only if it is not empty; {{^owner}}…{{/owner}} only if it is

Values are put in as they are and never read again as a template; whoever sends the text escapes it for its medium.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence

from periderm.model.errors import UsageError
from periderm.model.text import printable

LONGEST_TEMPLATE = 8_000
LONGEST_TEXT = 60_000
DEEPEST = 4
_TAG = re.compile(r"\{\{([#?^/]?)([a-z_]{1,40})((?:\|[a-z]{1,10}(?::[0-9]{1,5})?){0,5})\}\}")
_FILTERS = frozenset({"short", "line", "upper", "lower"})

Values = Mapping[str, "str | Sequence[Values]"]


@dataclasses.dataclass(frozen=True, slots=True)
class _Value:
    name: str
    filters: tuple[tuple[str, int], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Block:
    kind: str
    name: str
    parts: tuple[_Part, ...]


_Part = str | _Value | _Block


@dataclasses.dataclass(frozen=True, slots=True)
class Template:
    """A template that was read."""

    parts: tuple[_Part, ...]

    def fill(self, values: Values) -> str:
        """The text, at most LONGEST_TEXT characters (what is beyond is cut off)."""
        out: list[str] = []
        size = 0
        for piece in _fill(self.parts, (values,)):
            out.append(piece)
            size += len(piece)
            if size > LONGEST_TEXT:
                break
        text = "".join(out)
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def read(text: str, names: Mapping[str, frozenset[str]]) -> Template:
    """The template of a text. `names` holds the lists that blocks may walk, with the names inside each; '' are the names
    outside. Raises UsageError, with the place of what is wrong."""
    if len(text) > LONGEST_TEMPLATE:
        raise UsageError(f"The template has {len(text)} characters.", f"Write at most {LONGEST_TEMPLATE}.")
    tokens = list(_tokens(text))
    parts, rest = _parts(tokens, 0, "", names, (names[""].union(names),))
    if rest != len(tokens):
        raise _wrong(text, tokens[rest], "closes what was not opened")
    return Template(parts)


_Token = tuple[int, str, re.Match[str] | None]


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    for found in _TAG.finditer(text):
        if found.start() > at:
            yield at, _literal(text, at, found.start()), None
        yield found.start(), found[0], found
        at = found.end()
    if at < len(text):
        yield at, _literal(text, at, len(text)), None


def _literal(text: str, start: int, end: int) -> str:
    literal = text[start:end]
    if (odd := literal.find("{{")) >= 0:
        raise _wrong(text, (start + odd, literal[odd : odd + 40], None), "is not understood")
    return literal


def _wrong(text: str, token: _Token, why: str) -> UsageError:
    line = text.count("\n", 0, token[0]) + 1
    column = token[0] - (text.rfind("\n", 0, token[0]) + 1) + 1
    return UsageError(
        f"In the template, line {line}, column {column}: {printable(token[1], 60)} {why}.",
        "Names stand in double braces: {{title}}, {{summary|short:200}}, {{#notices}}…{{/notices}}.",
    )


def _parts(
    tokens: Sequence[_Token],
    at: int,
    closes: str,
    names: Mapping[str, frozenset[str]],
    known: tuple[frozenset[str], ...],
) -> tuple[tuple[_Part, ...], int]:
    parts: list[_Part] = []
    source = "".join(t[1] for t in tokens)
    while at < len(tokens):
        token = tokens[at]
        tag = token[2]
        if tag is None:
            parts.append(token[1])
            at += 1
            continue
        kind, name = tag[1], tag[2]
        if kind == "/":
            if name != closes:
                raise _wrong(source, token, "closes what was not opened")
            return tuple(parts), at + 1
        if not any(name in names_there for names_there in known) or (kind == "#" and name not in names):
            raise _wrong(source, token, "names nothing that is there")
        if not kind:
            parts.append(_Value(name, _filters(source, token, tag[3])))
            at += 1
            continue
        if len(known) >= DEEPEST:
            raise _wrong(source, token, "is nested too deep")
        inside = (*known, names[name]) if kind == "#" else (*known, known[-1])
        inner, at = _parts(tokens, at + 1, name, names, inside)
        parts.append(_Block(kind, name, inner))
    if closes:
        raise _wrong(source, (len(source), f"{{{{/{closes}}}}}", None), "is missing")
    return tuple(parts), at


def _filters(source: str, token: _Token, given: str) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for word in given.split("|")[1:]:
        name, _, number = word.partition(":")
        if name not in _FILTERS or (name == "short") != bool(number) or (number and int(number) < 2):
            raise _wrong(source, token, f"has no filter {word}")
        found.append((name, int(number or 0)))
    return tuple(found)


def _fill(parts: Sequence[_Part], scopes: tuple[Values, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
            continue
        value = next((scope[part.name] for scope in reversed(scopes) if part.name in scope), "")
        if isinstance(part, _Value):
            yield _filtered(value if isinstance(value, str) else str(len(value)), part.filters)
        elif part.kind == "#":
            for item in value if not isinstance(value, str) else ():
                yield from _fill(part.parts, (*scopes, item))
        elif bool(value) == (part.kind == "?"):
            yield from _fill(part.parts, scopes)


def _filtered(text: str, filters: Sequence[tuple[str, int]]) -> str:
    for name, number in filters:
        if name == "short":
            text = text if len(text) <= number else text[: number - 1] + "…"
        elif name == "line":
            text = " ".join(text.split())
        else:
            text = text.upper() if name == "upper" else text.lower()
    return text
