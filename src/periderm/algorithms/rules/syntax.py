"""What a CEL expression is made of. Values only: `parse` makes them, `build` turns them into something that runs."""

from __future__ import annotations

from typing import Any

import msgspec


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an expression: where it begins in the text, and how deep it is nested."""

    at: int
    depth: int = 1


class Literal(Node, frozen=True, kw_only=True):
    """A constant; `kind` is the name of its type."""

    value: Any
    kind: str


class Name(Node, frozen=True, kw_only=True):
    """A name that stands alone."""

    name: str


class Select(Node, frozen=True, kw_only=True):
    """`operand.field`; with `test`, has(operand.field)."""

    operand: Node
    field: str
    test: bool = False


class Index(Node, frozen=True, kw_only=True):
    """`operand[index]`."""

    operand: Node
    index: Node


class Call(Node, frozen=True, kw_only=True):
    """`name(…)` or `target.name(…)`."""

    name: str
    target: Node | None = None
    arguments: tuple[Node, ...] = ()


class Operation(Node, frozen=True, kw_only=True):
    """`left sign right`."""

    sign: str
    left: Node
    right: Node


class Unary(Node, frozen=True, kw_only=True):
    """`!operand` or `-operand`."""

    sign: str
    operand: Node


class Logic(Node, frozen=True, kw_only=True):
    """Operands that are joined by && or by ||."""

    sign: str
    operands: tuple[Node, ...]


class Choice(Node, frozen=True, kw_only=True):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node


class Items(Node, frozen=True, kw_only=True):
    """`[a, b]`."""

    items: tuple[Node, ...] = ()


class Entries(Node, frozen=True, kw_only=True):
    """`{k: v}`."""

    entries: tuple[tuple[Node, Node], ...] = ()


class Comprehension(Node, frozen=True, kw_only=True):
    """`operand.macro(variable, first)` or with a second body (map with a filter)."""

    macro: str
    operand: Node
    variable: str
    first: Node
    second: Node | None = None
