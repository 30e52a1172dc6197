"""The types of CEL's values, how a fact's annotations give them, and how values compare. Runs nothing.

Source: cel-spec, doc/langdef.md, Values, Equality and Ordering. An `int` is Python's int, a `uint` a `Uint`.
"""

from __future__ import annotations

import enum
import typing
from collections.abc import Mapping
from typing import Any

import msgspec


class Uint(int):
    """An unsigned number: another type than `int` in CEL, equal to one of the same value."""


class Type(msgspec.Struct, frozen=True):
    """A type: its name, what a list or map is of, and for a message its fields."""

    name: str
    of: tuple[Type, ...] = ()
    fields: tuple[tuple[str, Type], ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.of))})" if self.of else self.name


DYN, BOOL, INT, UINT, DOUBLE = Type("dyn"), Type("bool"), Type("int"), Type("uint"), Type("double")
STRING, BYTES, NULL, LIST, MAP = Type("string"), Type("bytes"), Type("null"), Type("list", (DYN,)), Type("map", (DYN, DYN))
NUMBERS = frozenset(("int", "uint", "double"))
ORDERED = NUMBERS | {"bool", "string", "bytes"}
BY_NAME = {t.name: t for t in (BOOL, INT, UINT, DOUBLE, STRING, BYTES, NULL)}
_PYTHON: tuple[tuple[type, str], ...] = (
    (bool, "bool"),
    (Uint, "uint"),
    (int, "int"),
    (float, "double"),
    (str, "string"),
    (bytes, "bytes"),
    (type(None), "null"),
    (list, "list"),
    (tuple, "list"),
    (dict, "map"),
)


def list_of(inner: Type) -> Type:
    """The type of lists of it."""
    return Type("list", (inner,))


def type_of(value: object) -> str:
    """The name of a value's type at run time."""
    return next((name for kind, name in _PYTHON if isinstance(value, kind)), "message")


def a(kind: Type | str) -> str:
    """The type with its article, for messages."""
    return f"an {kind}" if str(kind)[0] in "aeiou" and str(kind) != "uint" else f"a {kind}"


def annotated(annotation: Any) -> Type:
    """The type of a field of a Struct; what CEL cannot tell (unions, `x | None`) is dyn."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (list, tuple, set, frozenset):
        return list_of(annotated(inner[0])) if inner else LIST
    if origin in (dict, Mapping):
        return Type("map", (annotated(inner[0]), annotated(inner[1])))
    if not isinstance(annotation, type):
        return DYN
    if issubclass(annotation, msgspec.Struct):
        return message(annotation)
    if issubclass(annotation, enum.Enum) and not issubclass(annotation, str | int):
        return DYN
    return next((BY_NAME[name] for kind, name in _PYTHON if name in BY_NAME and issubclass(annotation, kind)), DYN)


def message(struct: type[msgspec.Struct]) -> Type:
    """The type of a Struct: its fields by name."""
    hints = typing.get_type_hints(struct)
    return Type(struct.__name__, (), tuple((f, annotated(hints[f])) for f in struct.__struct_fields__))


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of one type may stand where another is wanted."""
    if "dyn" in (given.name, wanted.name):
        return True
    return given.name == wanted.name and all(fits(a, b) for a, b in zip(given.of, wanted.of, strict=False))


def comparable(a: Type, b: Type) -> bool:
    """Whether asking if they are equal makes sense: the same types, or numbers of any kind, or null."""
    if a.name in NUMBERS and b.name in NUMBERS:
        return True
    if "null" in (a.name, b.name):
        return True
    if "dyn" in (a.name, b.name):
        return True
    return a.name == b.name and all(comparable(x, y) for x, y in zip(a.of, b.of, strict=False))


def common(kinds: list[Type]) -> Type:
    """One type for all: theirs if they agree, else dyn."""
    return kinds[0] if kinds and all(k == kinds[0] for k in kinds) else DYN


def equal(a: object, b: object) -> bool:
    """CEL's equality: numbers by value across their types, nothing else across types."""
    left, right = type_of(a), type_of(b)
    if left in NUMBERS and right in NUMBERS:
        return bool(a == b)
    if left != right:
        return False
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(k in b and equal(v, b[k]) for k, v in a.items())
    return a == b


def ordered(a: object, b: object) -> bool:
    """Whether two values have an order."""
    left, right = type_of(a), type_of(b)
    return left in ORDERED and (left == right or (left in NUMBERS and right in NUMBERS))
