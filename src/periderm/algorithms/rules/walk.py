"""Looks through an expression without running it: its parts, the names it uses. Resolves nothing."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.algorithms.rules import syntax
from periderm.algorithms.rules.syntax import Node


def children(node: Node) -> tuple[Node, ...]:  # noqa: PLR0911 -- one return for each kind of node
    """The parts directly below."""
    match node:
        case syntax.Select():
            return (node.operand,)
        case syntax.Index():
            return (node.operand, node.index)
        case syntax.Call():
            return (*((node.target,) if node.target else ()), *node.arguments)
        case syntax.Operation():
            return (node.left, node.right)
        case syntax.Unary():
            return (node.operand,)
        case syntax.Logic():
            return node.operands
        case syntax.Choice():
            return (node.condition, node.yes, node.no)
        case syntax.Items():
            return node.items
        case syntax.Entries():
            return tuple(part for entry in node.entries for part in entry)
        case syntax.Comprehension():
            return (node.operand, node.first, *((node.second,) if node.second else ()))
        case _:
            return ()


def names(node: Node) -> Iterator[str]:
    """The names that stand alone in it, also those of variables; some come more than once."""
    waiting = [node]
    while waiting:
        now = waiting.pop()
        if isinstance(now, syntax.Name):
            yield now.name
        waiting.extend(children(now))
