"""YAML as a tree in which every text knows its line, with anchors and merge keys honoured. Resolves no types.

What aliases make of a small file is bounded: each use of an anchor counts as often as what it stands for. libyaml's C parser
is asked for events only, so that deep nesting is seen before anything is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from periderm.model.build_file import Listing, Mapping, Node, Scalar
from periderm.model.errors import FormatError, LimitError

DEEPEST = 60
MOST_BYTES = 1 << 20
MOST_NODES = 100_000  # of one document, with every alias written out
MOST_DOCUMENTS = 50
_MERGE = "<<"


def read(data: bytes, *, where: str = "") -> tuple[Node, ...]:
    """All documents that are not empty. Raises FormatError; LimitError beyond 1 MiB, a depth of 60, 50 documents, or
    100,000 values with aliases written out."""
    import yaml

    if len(data) > MOST_BYTES:
        raise LimitError(f"it is larger than {MOST_BYTES >> 20} MiB.", where=where)
    # PyYAML's pure parser tells marks of the same kind; the C one is ten times as fast.
    try:
        return tuple(_Builder(yaml.parse(data, Loader=yaml.CSafeLoader), where).documents())
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise FormatError(f"it is no YAML: {first}.", where=where) from error


class _Builder:
    """Makes nodes of events, with a stack of its own in place of recursion."""

    def __init__(self, events: Iterator[Any], where: str) -> None:
        self._events = events
        self._where = where
        self._anchors: dict[str, tuple[Node, int]] = {}  # a node, and how many values it stands for
        self._total = 0

    def documents(self) -> Iterator[Node]:
        import yaml

        count = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                count += 1
                if count > MOST_DOCUMENTS:
                    raise LimitError(f"it has more than {MOST_DOCUMENTS} documents.", where=self._where)
                self._anchors = {}
                node, _ = self._document()
                if not (isinstance(node, Scalar) and not node.text):
                    yield node

    def _document(self) -> tuple[Node, int]:
        import yaml

        # (children with their sizes, anchor, line, whether it is a mapping)
        stack: list[tuple[list[tuple[Node, int]], str | None, int, bool]] = []
        for event in self._events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.ScalarEvent):
                block = event.style == "|"
                done: tuple[Node, int] = (Scalar(event.value, line, event.style in (None, ""), block), 1)
            elif isinstance(event, yaml.AliasEvent):
                name = event.anchor or ""
                if name not in self._anchors:
                    raise FormatError(f"the alias *{name[:50]} has no anchor.", where=self._where)
                done = self._anchors[name]
            elif isinstance(event, yaml.CollectionStartEvent):
                if len(stack) >= DEEPEST:
                    raise LimitError(f"it is nested more than {DEEPEST} deep.", where=self._where)
                stack.append(([], event.anchor, line, isinstance(event, yaml.MappingStartEvent)))
                continue
            elif isinstance(event, yaml.CollectionEndEvent):
                children, anchor, began, mapping = stack.pop()
                size = 1 + sum(size for _, size in children)
                nodes = [node for node, _ in children]
                done = (_mapping(nodes, began) if mapping else Listing(tuple(nodes), began), size)
                if anchor:
                    self._anchors[anchor] = done
            else:
                break
            if isinstance(event, yaml.ScalarEvent) and event.anchor:
                self._anchors[event.anchor] = done
            self._count(done[1] if isinstance(event, yaml.AliasEvent) else 1)
            if not stack:
                return done
            stack[-1][0].append(done)
        return Scalar("", 0), 1

    def _count(self, size: int) -> None:
        self._total += size
        if self._total > MOST_NODES:
            raise LimitError(f"it holds more than {MOST_NODES} values.", where=self._where)


def _mapping(nodes: list[Node], line: int) -> Mapping:
    """Keys and values in turn; own keys come before merged ones (YAML's merge key, yaml.org/type/merge.html)."""
    own: dict[str, tuple[Scalar, Node]] = {}
    merged: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(nodes[::2], nodes[1::2], strict=True):
        if not isinstance(key, Scalar):
            continue  # a list or mapping as a key means nothing in any of these files
        if key.text == _MERGE and key.plain:
            for one in value.items if isinstance(value, Listing) else (value,):
                if isinstance(one, Mapping):
                    merged = {**one.pairs, **merged}
        else:
            own[key.text] = (key, value)
    return Mapping({**{k: v for k, v in merged.items() if k not in own}, **own}, line)
