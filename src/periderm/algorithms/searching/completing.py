"""What may stand where the caret is in a search: the piece that is being typed, and the search with a name in its place.

Knows fields and their words; names of things are looked up by whoever asks.
"""

from __future__ import annotations

import re

import msgspec

from periderm.algorithms.searching.reading import quoted
from periderm.model.search import LONGEST, Completion, Family
from periderm.model.search_fields import FIELDS, Field, Takes
from periderm.model.text import Text

_TYPED = re.compile(
    r"(?P<minus>-*)(?:(?P<field>[A-Za-z][A-Za-z_-]{0,31})(?P<op>[:：]?(?:>=|<=|!=|=|>|<|))(?P<rest>.*))?", re.DOTALL
)
_TIMES = ("15m", "1h", "24h", "7d", "30d")
_ENDS = " \t\n()（）"


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """The piece before the caret: what is from `start` to `end` is the value of `field`, or, with '' for it, a word or the name
    of a field. `quote` says that the caret is within quotes."""

    start: int
    end: int
    field: str
    value: str
    quote: bool = False


def typed(text: str, caret: int) -> Typed:
    """What is being typed. A caret outside of the text counts as at its end."""
    text = text[:LONGEST]
    caret = caret if 0 <= caret <= len(text) else len(text)
    begin, inside, at = 0, False, 0
    while at < caret:
        mark = text[at]
        if mark == "\\" and inside:
            at += 1
        elif mark in '"“”':
            inside = not inside
        elif not inside and mark in _ENDS:
            begin = at + 1
        at += 1
    end = caret
    while not inside and end < len(text) and text[end] not in _ENDS + '",，':
        end += 1
    piece = text[begin:caret]
    matched = _TYPED.fullmatch(piece)
    if matched is None or not matched["field"] or not matched["op"]:
        start = begin + (len(matched["minus"]) if matched else 0)
        return Typed(start=start, end=end, field="", value=text[start:caret].strip('"“”'), quote=inside)
    rest_at = begin + matched.start("rest")
    rest = matched["rest"]
    if not inside and '"' not in rest:
        last = max(rest.rfind(","), rest.rfind("，")) + 1
        rest_at, rest = rest_at + last, rest[last:]
    return Typed(start=rest_at, end=end, field=matched["field"].lower(), value=rest.strip('"“”'), quote=inside)


def fields_for(piece: Typed, families: tuple[Family, ...], most: int) -> list[Field]:
    """Fields whose name begins like what is typed, that any of these families has."""
    low = piece.value.lower()
    usable = [f for f in FIELDS if set(f.of) & set(families)]
    return [f for f in usable if any(name.startswith(low) for name in f.names)][:most]


def with_field(text: str, piece: Typed, field: Field) -> Completion:
    """The search with the field's name in place, ready for its value."""
    put = f"{field.name}{'>=' if field.takes is Takes.LEVEL else ':'}"
    return _put(text, piece, put, Completion(text="", caret=0, label=f"{field.name}:", meaning=field.meaning))


def with_value(text: str, piece: Typed, value: str, meaning: Text) -> Completion:
    """The search with this value in place, and room for the next word."""
    return _put(text, piece, f"{quoted(value)} ", Completion(text="", caret=0, label=value, meaning=meaning))


def words_for(field: Field) -> tuple[str, ...]:
    """Values that a field always has."""
    return field.choices or (_TIMES if field.takes is Takes.TIME else ())


def _put(text: str, piece: Typed, put: str, label: Completion) -> Completion:
    rest = text[piece.end :]
    if piece.quote and rest.startswith('"'):
        rest = rest[1:]
    if put.endswith(" ") and rest.startswith(" "):
        rest = rest[1:]
    return msgspec.structs.replace(label, text=text[: piece.start] + put + rest, caret=piece.start + len(put))
