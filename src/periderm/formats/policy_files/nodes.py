"""YAML as a tree of texts, lists and mappings that know their places. Resolves no types, follows no aliases, knows no schema.

Bounded: 1 MiB, 20 levels, 50,000 nodes. Raises FormatError for what is no YAML; RuleError, with line and column, for what a
person wrote otherwise than it should be.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from periderm.algorithms.rules.places import Place, nearest, shown
from periderm.model.errors import FormatError, LimitError, RuleError

if TYPE_CHECKING:
    import yaml

LARGEST, DEEPEST, MOST = 1 << 20, 20, 50_000


class Node:
    """A text, a list of nodes, or a mapping of names to nodes; `line` and `column` count from 1, `indent` is that of the
    further lines of a text."""

    __slots__ = ("column", "entries", "indent", "items", "keys", "line", "text", "where")

    def __init__(self, where: str, line: int, column: int) -> None:
        self.where, self.line, self.column, self.indent = where, line, column, 0
        self.text: str | None = None
        self.items: list[Node] | None = None
        self.entries: dict[str, Node] | None = None
        self.keys: dict[str, Node] = {}

    def error(self, what: str, next_step: str = "") -> RuleError:
        """The error at this place."""
        return RuleError(what, next_step, where=self.where, line=self.line, column=self.column)

    def place(self) -> Place:
        """The text with its place, for the rule language."""
        return Place(self.as_text("a condition"), self.where, self.line, self.column, self.indent)

    def as_text(self, what: str, longest: int = 10_000) -> str:
        """The text, not empty. Raises RuleError."""
        if self.text is None:
            raise self.error(f"Here {what} is expected, and not a list or a mapping.")
        text = self.text.strip()
        if not text or "\x00" in text:
            raise self.error(f"Here {what} is expected, and there is nothing.")
        if len(text) > longest:
            raise self.error(f"This is longer than {longest} characters.")
        return self.text if what == "a condition" else text

    def as_list(self, what: str) -> list[Node]:
        """The elements. Raises RuleError."""
        if self.items is None:
            raise self.error(f"Here a list of {what} is expected.", "Each begins with '- '.")
        return self.items

    def texts(self, what: str) -> tuple[str, ...]:
        """A list of texts, or one text. Raises RuleError."""
        if self.text is not None:
            return (self.as_text(what, 1_000),)
        return tuple(node.as_text(what, 1_000) for node in self.as_list(what))

    def fields(self, what: str, known: Collection[str], required: Collection[str] = ()) -> dict[str, Node]:
        """The entries of a mapping with these names. Raises RuleError for another name, with the nearest of those that are
        known, and for one that is missing."""
        if self.entries is None:
            raise self.error(f"Here {what} is expected, a mapping with {', '.join(known)}.")
        for name in self.entries:
            if name not in known:
                raise self.keys[name].error(f"{what.capitalize()} has no '{shown(name)}'.", nearest(name, known))
        missing = [name for name in required if name not in self.entries]
        if missing:
            raise self.error(f"{what.capitalize()} needs '{missing[0]}', and there is none.")
        return self.entries


def parse(data: bytes, where: str = "") -> Node:
    """The one document. An empty one is an empty mapping."""
    import yaml

    if len(data) > LARGEST:
        raise LimitError(f"the file is larger than {LARGEST >> 20} MiB.", where=where)
    try:
        text = data.decode()
        builder = _Builder(where, text.splitlines())
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            builder.take(event)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        told = (str(error).splitlines() or [""])[0][:200]
        mark = getattr(error, "problem_mark", None)
        at = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
        raise FormatError(f"{at}this is no YAML: {told}.", "Check the indentation and the quotes.", where=where) from error
    return builder.root


class _Builder:
    """Nodes out of the parser's events."""

    def __init__(self, where: str, lines: list[str]) -> None:
        self.root = Node(where, 1, 1)
        self.root.entries = {}
        self._where, self._lines = where, lines
        self._open: list[tuple[Node, Node | None]] = []  # the collection, and the key that waits for its value
        self._count = self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """One event. Raises RuleError, LimitError."""
        import yaml

        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._node(event).error("The file has more than one document.", "Remove the '---'.")
        elif isinstance(event, yaml.AliasEvent):
            raise self._node(event).error("Aliases ('*name') are not taken here.", "Write it out.")
        elif isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            node = self._node(event)
            if isinstance(event, yaml.MappingStartEvent):
                node.entries = {}
            else:
                node.items = []
            if len(self._open) >= DEEPEST:
                raise LimitError(f"the file is nested more than {DEEPEST} deep.", where=self._where)
            self._add(node)
            self._open.append((node, None))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    def _node(self, event: Any) -> Node:
        self._count += 1
        if self._count > MOST:
            raise LimitError(f"the file has more than {MOST} values.", where=self._where)
        return Node(self._where, event.start_mark.line + 1, event.start_mark.column + 1)

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        node = self._node(event)
        node.text = str(event.value)
        if event.style in ("|", ">"):  # the text begins on the next line, after its indentation
            node.line += 1
            line = self._lines[node.line - 1] if node.line <= len(self._lines) else ""
            node.indent = len(line) - len(line.lstrip(" "))
            node.column = node.indent + 1
        elif event.style in ("'", '"'):
            node.column += 1
        return node

    def _add(self, node: Node) -> None:
        if not self._open:
            if not (node.text is not None and not node.text.strip()):
                self.root = node
            return
        holder, key = self._open[-1]
        if holder.items is not None:
            holder.items.append(node)
        elif key is None:
            if node.text is None:
                raise node.error("A name is expected here, and not a list or a mapping.")
            if holder.entries is not None and node.text in holder.entries:
                raise node.error(f"'{shown(node.text)}' stands here twice.")
            holder.keys[node.text] = node
            self._open[-1] = (holder, node)
        elif holder.entries is not None:
            holder.entries[str(key.text)] = node
            self._open[-1] = (holder, None)
