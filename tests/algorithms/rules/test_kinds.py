"""Promises of types: what a Struct's annotations give, and what is equal."""

from __future__ import annotations

import enum

import msgspec
import pytest

from periderm.algorithms.rules import kinds
from periderm.algorithms.rules.kinds import Uint


class Colour(enum.StrEnum):
    """Words."""

    RED = "red"


class Inner(msgspec.Struct):
    """Facts inside facts."""

    deep: str = ""


class Outer(msgspec.Struct):
    """One field of each kind."""

    number: int
    rate: float
    yes: bool
    word: Colour
    inner: Inner
    many: tuple[str, ...]
    table: dict[str, int]
    perhaps: int | None = None


def test_annotations_give_types() -> None:
    """Words are texts, structs have their fields, and what may be missing is known only when it runs."""
    told = {name: str(kind) for name, kind in kinds.message(Outer).fields}
    assert told == {
        "number": "int",
        "rate": "double",
        "yes": "bool",
        "word": "string",
        "inner": "Inner",
        "many": "list(string)",
        "table": "map(string, int)",
        "perhaps": "dyn",
    }
    assert dict(kinds.message(Inner).fields) == {"deep": kinds.STRING}


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (1, 1.0, True),
        (Uint(1), 1, True),
        (True, 1, False),
        ("1", 1, False),
        ([1], (1.0,), True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"b": 1}, False),
        (None, None, True),
        (None, 0, False),
        (float("nan"), float("nan"), False),
    ],
)
def test_equality(a: object, b: object, told: bool) -> None:
    """Numbers across their types, nothing else; true is not 1."""
    assert kinds.equal(a, b) is told
    assert kinds.equal(b, a) is told


def test_what_may_be_compared() -> None:
    """Known on load: a text is never a number, a list of texts never a list of numbers."""
    assert kinds.comparable(kinds.INT, kinds.DOUBLE)
    assert not kinds.comparable(kinds.STRING, kinds.INT)
    assert not kinds.comparable(kinds.list_of(kinds.STRING), kinds.list_of(kinds.INT))
    assert kinds.comparable(kinds.DYN, kinds.STRING)
    assert (kinds.a(kinds.INT), kinds.a("string"), kinds.a("uint")) == ("an int", "a string", "a uint")
