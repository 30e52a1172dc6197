"""What the builder's files share: a part that runs, what may be named, and what one asks of the builder. Builds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from periderm.algorithms.rules.kinds import Type
from periderm.algorithms.rules.places import Place
from periderm.algorithms.rules.running import Run
from periderm.algorithms.rules.syntax import Node
from periderm.model.errors import RuleError


class Built(NamedTuple):
    """A part that runs: its type, how, its value if it is a constant, and the field that it is ('' if none)."""

    type: Type
    run: Run
    constant: bool = False
    value: Any = None
    field: str = ""


class Macro(NamedTuple):
    """An expression with a name: how it runs, the fields of the facts that it reads, and how it was written."""

    built: Built
    fields: frozenset[str]
    node: Node | None = None


class Names(NamedTuple):
    """What an expression may name: fields of the facts, constants with their types, macros that were built before, and for
    fields that hold one of a few words, those."""

    fields: Mapping[str, Type]
    constants: Mapping[str, tuple[Type, Any]]
    macros: Mapping[str, Macro]
    words: Mapping[str, tuple[str, ...]]


class Building(Protocol):
    """The builder, as calls and comprehensions see it. `slots` counts the variables, `variables` are those in sight."""

    place: Place
    slots: int
    variables: dict[str, tuple[int, Type]]

    def build(self, node: Node) -> Built: ...

    def error(self, node: Node, what: str, next_step: str = "") -> RuleError: ...


def constant(kind: Type, value: Any) -> Built:
    """A part that is always the same."""
    return Built(kind, lambda _running: value, constant=True, value=value)
