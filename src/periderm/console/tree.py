"""Processes of an incident in the order of `pstree`: parents before children, with the branch drawn before the name."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.model.alert import ProcessRecord

DEEPEST = 24


class Branch(msgspec.Struct, frozen=True):
    """A process with the lines that lead to it (`│ └─`) and how deep it is."""

    process: ProcessRecord
    lines: str
    depth: int


def branches(processes: Sequence[ProcessRecord]) -> tuple[Branch, ...]:
    """Every process once, also when parents are missing or point at each other. Children by start, then by key."""
    by_key = {p.key: p for p in processes}
    children: dict[int, list[ProcessRecord]] = {}
    roots = []
    for process in sorted(by_key.values(), key=lambda p: (p.started, p.key)):
        if process.parent in by_key and process.parent != process.key:
            children.setdefault(process.parent, []).append(process)
        else:
            roots.append(process)
    out: list[Branch] = []
    seen: set[int] = set()
    for root in roots:
        _walk(root, children, out, seen)
    for process in by_key.values():  # a ring has no root: begin it anywhere
        if process.key not in seen:
            _walk(process, children, out, seen)
    return tuple(out)


def _walk(root: ProcessRecord, children: dict[int, list[ProcessRecord]], out: list[Branch], seen: set[int]) -> None:
    waiting: list[tuple[ProcessRecord, str, str, int]] = [(root, "", "", 0)]
    while waiting:
        process, before, own, depth = waiting.pop()
        if process.key in seen:
            continue
        seen.add(process.key)
        out.append(Branch(process, before + own, depth))
        below = [c for c in children.get(process.key, ()) if c.key not in seen]
        deeper = before + {"": "", "├─": "│ ", "└─": "  "}[own] if depth < DEEPEST else before
        waiting += [(child, deeper, "└─" if child is below[-1] else "├─", depth + 1) for child in reversed(below)]
