"""What a person searches for, as a value: words and fields joined by and, or, not. Reads no text and looks nothing up."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from periderm.model.severity import Severity
from periderm.model.text import Text

LONGEST = 1_000  # characters of a search
MOST_TERMS = 64
DEEPEST = 16  # brackets within brackets
MOST_STARS = 8  # in one value
LONGEST_VALUE = 500


class Family(enum.StrEnum):
    """What can be found, in the order in which it is shown."""

    INCIDENT = "incidents"
    ALERT = "alerts"
    FINDING = "findings"
    VULNERABILITY = "vulnerabilities"
    IMAGE = "images"
    PACKAGE = "packages"
    ASSET = "assets"
    BASELINE = "baselines"
    DETECTOR = "detectors"
    AUDIT = "audit"
    EVENT = "events"


class Compare(enum.StrEnum):
    """How a field is held against a value."""

    IS = "="  # equal without regard to case; a '*' stands for anything
    LEAST = ">="
    MOST = "<="
    MORE = ">"
    LESS = "<"


class Word(msgspec.Struct, frozen=True, tag="word"):
    """A part of names, titles and messages, without regard to case."""

    text: str


class Match(msgspec.Struct, frozen=True, tag="match"):
    """A field that is one of `values`. `at` is where it stands in the text, counted from 1. Once it is understood, a severity
    is its number and a time its Unix nanoseconds, both as digits."""

    field: str
    values: tuple[str, ...]
    compare: Compare = Compare.IS
    at: int = 0


class Not(msgspec.Struct, frozen=True, tag="not"):
    """What `of` does not fit."""

    of: Condition


class Every(msgspec.Struct, frozen=True, tag="every"):
    """What fits all; of none it is everything."""

    of: tuple[Condition, ...] = ()


class Either(msgspec.Struct, frozen=True, tag="either"):
    """What fits at least one."""

    of: tuple[Condition, ...]


Condition: TypeAlias = Word | Match | Not | Every | Either


def terms(condition: Condition) -> Iterator[Word | Match]:
    """All words and fields in it, in their order."""
    match condition:
        case Word() | Match():
            yield condition
        case Not(of=inner):
            yield from terms(inner)
        case Every(of=several) | Either(of=several):
            for one in several:
                yield from terms(one)


def needed(condition: Condition) -> tuple[Condition, ...]:
    """What must hold, each by itself: the parts that stand side by side at the top."""
    return tuple(part for one in condition.of for part in needed(one)) if isinstance(condition, Every) else (condition,)


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found: `detail` says where it is or what it is, `time` when it was last seen (Unix nanoseconds, 0:
    nobody knows). `state` is a word of its family. `address` is its page in the console."""

    id: str
    title: Text
    address: str
    detail: str = ""
    severity: Severity = Severity.UNKNOWN
    time: int = 0
    state: str = ""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one family. `total` counts what fits among those that were looked at; `looked_at` is how many those
    were where not all were (0: all). `more` says that there are more than these hits. `left_out` is why the family was not
    searched at all ('' where it was)."""

    family: Family
    hits: tuple[Hit, ...] = ()
    total: int = 0
    more: bool = False
    looked_at: int = 0
    left_out: Text = Text("", "")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a search, grouped by family."""

    groups: tuple[Group, ...] = ()


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """What may stand where the caret is: `text` is the whole search with it, `caret` where it ends there, `label` the name or
    value itself and `meaning` what it stands for."""

    text: str
    caret: int
    label: str
    meaning: Text = Text("", "")
