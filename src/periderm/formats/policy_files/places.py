"""Where a node of a file stands, as the rule language says it. Reads nothing."""

from __future__ import annotations

from periderm.algorithms.rules.places import Place
from periderm.formats.policy_files.nodes import Node


def node_place(node: Node, text: str) -> Place:
    """A place in the file for what is no text of a rule."""
    return Place(text, node.where, node.line, node.column, node.indent)


def text_place(node: Node, what: str, longest: int = 1_000) -> Place:
    """A text with its place. Raises RuleError if there is none."""
    return node_place(node, node.as_text(what, longest))
