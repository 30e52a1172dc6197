"""Facts for which a condition holds, found in its own text, and facts beside them for which it does not: tests to begin with.

A search that tries a few ways and is checked by the condition itself: what it finds is right, and it may find nothing.
"""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator
from typing import Any

from periderm.algorithms.rules import syntax
from periderm.algorithms.rules.kinds import Type
from periderm.algorithms.rules.language import Condition
from periderm.algorithms.rules.syntax import Node
from periderm.engines.runtime.rules.complete import complete
from periderm.engines.runtime.rules.sample_text import matching
from periderm.model.errors import RuleError

MOST_TRIES = 400
MOST_VALUES = 3
_DEEPEST = 60
_NO_TYPE = Type("")
Given = dict[str, Any]


class _Pieces(dict[str, str]):
    """What is known of a text: 'is', 'begins', 'has', 'ends'."""


def witness(condition: Condition) -> Given | None:
    """Facts, as a test gives them, for which the condition holds; None if none was found."""
    solver = _Solver(condition)
    for wanted in itertools.islice(solver.solve(condition.node, True, {}, {}, 0), MOST_TRIES):
        given = {name: _value(value) for name, value in wanted.items()}
        if _holds(condition, given):
            return given
    return None


def quiet_beside(condition: Condition, given: Given) -> Given | None:
    """The same facts with one of them gone or turned, for which the condition does not hold; what is not the kind first."""
    for name in sorted(given, key=lambda name: (name == "kind", name)):
        less = {other: value for other, value in given.items() if other != name}
        turned = {**given, name: not given[name]} if isinstance(given[name], bool) else None
        for changed in (turned, less):
            if changed is not None and changed and not _holds(condition, changed, otherwise=True):
                return changed
    other = {**given, "kind": "exit"}
    return other if not _holds(condition, other, otherwise=True) else None


def _holds(condition: Condition, given: Given, *, otherwise: bool = False) -> bool:
    try:
        return condition.holds(complete(given))
    except (RuleError, TypeError, AttributeError, ValueError):
        return otherwise


def _value(value: Any) -> Any:
    if isinstance(value, _Pieces):
        return value["is"] if "is" in value else value.get("begins", "") + value.get("has", "") + value.get("ends", "")
    return tuple(value) if isinstance(value, list) else value


class _Solver:
    def __init__(self, condition: Condition) -> None:
        self._names = condition.names
        self._fields: dict[str, Type] = dict(condition.names.fields)

    def solve(  # noqa: PLR0912 -- one way for each kind of node
        self, node: Node, want: bool, given: Given, known: Given, depth: int
    ) -> Iterator[Given]:
        """Ways to make the node `want`, each the facts so far with what it adds."""
        if depth > _DEEPEST:
            return
        match node:
            case syntax.Logic():
                if (node.sign == "&&") is want:
                    yield from self._all(list(node.operands), want, given, known, depth)
                else:
                    for each in node.operands:
                        yield from self.solve(each, want, given, known, depth + 1)
            case syntax.Unary(sign="!"):
                yield from self.solve(node.operand, not want, given, known, depth + 1)
            case syntax.Choice():
                for chosen, branch in ((True, node.yes), (False, node.no)):
                    for now in self.solve(node.condition, chosen, given, known, depth + 1):
                        yield from self.solve(branch, want, now, known, depth + 1)
            case syntax.Name():
                yield from self._name(node.name, want, given, known, depth)
            case syntax.Operation():
                yield from self._operation(node, want, given, known)
            case syntax.Call():
                yield from self._call(node, want, given, known)
            case syntax.Comprehension() if node.macro == "exists" and want:
                yield from self._exists(node, given, known, depth)
            case syntax.Literal():
                if node.value is want:
                    yield given
            case _:
                yield given

    def _all(self, parts: list[Node], want: bool, given: Given, known: Given, depth: int) -> Iterator[Given]:
        if not parts:
            yield given
            return
        for now in self.solve(parts[0], want, given, known, depth + 1):
            yield from self._all(parts[1:], want, now, known, depth + 1)

    def _name(self, name: str, want: bool, given: Given, known: Given, depth: int) -> Iterator[Given]:
        macro = self._names.macros.get(name)
        if name not in known and macro is not None and macro.node is not None:
            yield from self.solve(macro.node, want, given, {}, depth + 1)
        elif name in self._fields and given.get(name, want) is want:
            yield {**given, name: want} if want or name in given else given

    def _operation(self, node: syntax.Operation, want: bool, given: Given, known: Given) -> Iterator[Given]:
        left, right, sign = node.left, node.right, node.sign
        if sign == "!=":
            sign, want = "==", not want
        values = self._constant(right, known)
        if not want:
            yield from self._unequal(left, sign, values, given, known)
            return
        if sign == "in" and not isinstance(values, list):
            inner = self._constant(left, known)
            if isinstance(inner, str):
                yield from self._element(right, inner, given)
            else:
                yield given  # checked at the end
            return
        if sign == "in":
            for value in values[:MOST_VALUES]:
                yield from self._set(left, "is", value, given, known)
        elif sign == "==":
            yield from self._set(left, "is", values, given, known)
        elif isinstance(values, int | float):
            step = {"<": -1, "<=": 0, ">": 1, ">=": 0}[sign]
            yield from self._set(left, "is", values + step, given, known)
        else:
            yield given

    def _unequal(self, node: Node, sign: str, value: Any, given: Given, known: Given) -> Iterator[Given]:
        """A number that is another one; a text that is not empty. What is not set is mostly another one already."""
        if sign == "==" and isinstance(value, int) and not isinstance(value, bool):
            yield from self._set(node, "is", value + 1000, given, known)
        elif sign == "==" and value == "":
            yield from self._set(node, "is", "a", given, known)
        elif sign in ("<", "<=", ">", ">=") and isinstance(value, int | float):
            yield from self._set(node, "is", value, given, known)
        yield given

    def _call(self, node: syntax.Call, want: bool, given: Given, known: Given) -> Iterator[Given]:
        how = {"startsWith": "begins", "endsWith": "ends", "contains": "has"}.get(node.name)
        if not want or (node.target is None and node.name not in ("glob", "inNetwork")):
            yield given
        elif node.name == "inNetwork":
            network = self._constant(node.arguments[1], known)
            yield from self._set(node.arguments[0], "is", _address(network), given, known)
        elif node.name == "glob":
            pattern = str(self._constant(node.arguments[1], known))
            yield from self._set(
                node.arguments[0], "is", pattern.replace("**", "a").replace("*", "a").replace("?", "a"), given, known
            )
        elif node.target is not None and how is not None:
            yield from self._set(node.target, how, self._constant(node.arguments[0], known), given, known)
        elif node.target is not None and node.name == "matches":
            like = matching(str(self._constant(node.arguments[0], known)))
            if like:
                yield from self._set(node.target, "is", like, given, known)
        else:
            yield given

    def _exists(self, node: syntax.Comprehension, given: Given, known: Given, depth: int) -> Iterator[Given]:
        over = self._constant(node.operand, known)
        if isinstance(over, list):
            for value in over[:MOST_VALUES]:
                yield from self.solve(node.first, True, given, {**known, node.variable: value}, depth + 1)
            return
        for now in self.solve(node.first, True, {**given, "@": _Pieces()}, {**known, node.variable: _Element}, depth + 1):
            rest = {name: value for name, value in now.items() if name != "@"}
            yield from self._element(node.operand, str(_value(now["@"])), rest)

    def _element(self, node: Node, value: str, given: Given) -> Iterator[Given]:
        """The list fact has this element."""
        if isinstance(node, syntax.Name) and node.name in self._fields and self._fields[node.name].name == "list":
            have = list(given.get(node.name, ()))
            yield {**given, node.name: have if value in have else [*have, value]}
        else:
            yield given

    def _set(self, node: Node, how: str, value: Any, given: Given, known: Given) -> Iterator[Given]:
        """A fact gets a value, or a piece of one."""
        if isinstance(node, syntax.Call) and node.name in ("lowerAscii", "upperAscii") and node.target is not None:
            node = node.target
        if isinstance(node, syntax.Call) and node.name == "join" and isinstance(node.target, syntax.Name):
            now = given.get(node.target.name, [])
            yield {**given, node.target.name: [*now, *str(value).split(" ")]}
            return
        if isinstance(node, syntax.Call) and node.name == "size" and isinstance(value, int) and 0 < value < 20:
            inner = node.target or node.arguments[0]
            if isinstance(inner, syntax.Name) and self._fields.get(inner.name, _NO_TYPE).name == "list":
                have = list(given.get(inner.name, ()))
                yield {**given, inner.name: have + ["a"] * (value - len(have))}
                return
        if isinstance(node, syntax.Index) and isinstance(node.operand, syntax.Name):
            yield from self._placed(node, value, given, known)
            return
        name = node.name if isinstance(node, syntax.Name) else ""
        if known.get(name) is _Element:
            name = "@"
        if name != "@" and (name not in self._fields or name in known or value is None):
            yield given
            return
        if not isinstance(value, str):
            if given.get(name, value) == value:
                yield {**given, name: value}
            return
        before = given.get(name, _Pieces())
        if isinstance(before, _Pieces) and before.get(how, value) == value:
            made = _Pieces(before)
            made[how] = value
            yield {**given, name: made}

    def _placed(self, node: syntax.Index, value: Any, given: Given, known: Given) -> Iterator[Given]:
        place = self._constant(node.index, known)
        name = node.operand.name if isinstance(node.operand, syntax.Name) else ""
        if isinstance(place, int) and 0 <= place < 20 and name in self._fields and self._fields[name].name == "list":
            have = list(given.get(name, ()))
            have += ["a"] * (place + 1 - len(have))
            have[place] = str(value)
            yield {**given, name: have}
        elif isinstance(place, str) and name in self._fields:
            yield {**given, name: {**given.get(name, {}), place: str(value)}}

    def _constant(self, node: Node, known: Given) -> Any:
        match node:
            case syntax.Literal():
                return node.value
            case syntax.Items():
                return [self._constant(each, known) for each in node.items]
            case syntax.Name() if node.name in known:
                return known[node.name]
            case syntax.Name():
                found = self._names.constants.get(node.name)
                return found[1] if found is not None else None
            case _:
                return None


class _Element:
    """Stands for an element of a list that is looked for."""


def _address(network: Any) -> str:
    try:
        known = ipaddress.ip_network(str(network), strict=False)
    except ValueError:
        return "192.0.2.1"
    return str(known[1] if known.num_addresses > 1 else known[0])
