"""What must hold of a row for a condition to be true, read off the condition's own text: the prefilter's share of a rule.

Each answer may be true of too many rows and never of too few: what cannot be told gives ANY. Sound because a CEL condition is
true only if, in an &&, all parts are, and, in an ||, one is, whatever fails beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from periderm.algorithms.rules import syntax
from periderm.algorithms.rules.language import Condition
from periderm.algorithms.rules.operations import COMPARISONS
from periderm.algorithms.rules.parts import Names
from periderm.algorithms.rules.syntax import Node
from periderm.engines.runtime.rules.columns import (
    ELEMENT,
    JOINED,
    Form,
    mode_needs,
    port_needs,
    text_needs,
    truth_needs,
)
from periderm.engines.runtime.rules.needs import ALL_KINDS, ANY, MOST_PORTS, NEVER, NODE, Needs, both, either, of_kinds
from periderm.model.event_facts import KINDS

_HOWS = {"startsWith": "begins", "endsWith": "ends", "contains": "has", "matches": "matches"}
_MOST_VALUES = 2_000
_LARGEST_PORT = 65_535
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


class Fact(str):
    """The name of a fact, in place of its value."""

    __slots__ = ("caseless",)
    caseless: bool


def _fact(name: str, caseless: bool = False) -> Fact:
    made = Fact(name)
    made.caseless = caseless
    return made


def _is_argv(value: Any) -> bool:
    return isinstance(value, Fact) and value in ("argv", "args")


Known = Mapping[str, Any]  # variables that are in sight: a Fact, or a constant


def needs_of(condition: Condition) -> Needs:
    """The needs of a condition over `EventFacts`."""
    return _Deriving(condition.names).needs(condition.node, {}, truth=True)


class _Deriving:
    def __init__(self, names: Names) -> None:
        self._names = names
        self._depth = 0

    def needs(self, node: Node, known: Known, *, truth: bool) -> Needs:  # noqa: PLR0911 -- one return for each kind of node
        """What must hold for the node to be `truth`."""
        match node:
            case syntax.Literal():
                return NEVER if node.value is (not truth) else ANY
            case syntax.Unary(sign="!"):
                return self.needs(node.operand, known, truth=not truth)
            case syntax.Logic():
                parts = [self.needs(each, known, truth=truth) for each in node.operands]
                return both(parts) if (node.sign == "&&") is truth else either(parts)
            case syntax.Choice():
                yes = [self.needs(node.condition, known, truth=True), self.needs(node.yes, known, truth=truth)]
                no = [self.needs(node.condition, known, truth=False), self.needs(node.no, known, truth=truth)]
                return either((both(yes), both(no)))
            case syntax.Name():
                return self._name(node, known, truth)
            case syntax.Operation():
                return self._operation(node, known, truth)
            case syntax.Call():
                return self._call(node, known) if truth else ANY
            case syntax.Comprehension():
                return self._comprehension(node, known) if truth else ANY
            case _:
                return ANY

    def _name(self, node: syntax.Name, known: Known, truth: bool) -> Needs:
        name = node.name
        if name in known:
            return ANY
        macro = self._names.macros.get(name)
        if macro is not None:
            return self.needs(macro.node, {}, truth=truth) if macro.node is not None else ANY
        if name not in self._names.fields:
            return ANY
        if truth:
            return truth_needs(name)
        return of_kinds(ALL_KINDS, where=NODE) if name == "contained" else ANY

    def _operation(self, node: syntax.Operation, known: Known, truth: bool) -> Needs:
        left, right = self._value(node.left, known), self._value(node.right, known)
        sign = node.sign
        if sign == "!=":
            sign, truth = "==", not truth
        if sign == "in":
            return self._inclusion(left, right, truth)
        if isinstance(right, Fact) and not isinstance(left, Fact):
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        if not isinstance(left, Fact) or isinstance(right, Fact | list) or right is None:
            return ANY
        if sign == "==" and isinstance(right, bool):
            side = node.left if isinstance(self._value(node.left, known), Fact) else node.right
            return self.needs(side, known, truth=truth is right)
        if sign == "==":
            return self._equal(left, [right], truth)
        return self._compared(left, sign, right) if truth and isinstance(right, int | float) else ANY

    def _inclusion(self, left: Any, right: Any, truth: bool) -> Needs:
        if isinstance(left, Fact) and isinstance(right, list) and len(right) <= _MOST_VALUES:
            return self._equal(left, right, truth)
        if truth and isinstance(left, str) and not isinstance(left, Fact) and _is_argv(right):
            return text_needs(ELEMENT, (Form("is", left),))
        return ANY

    @staticmethod
    def _equal(fact: Fact, values: list[Any], truth: bool) -> Needs:
        """The fact is one of the values, or, without `truth`, none of them."""
        if fact == "kind" and not fact.caseless:
            kinds = {KINDS[v] for v in values if isinstance(v, str) and v in KINDS}
            return of_kinds(kinds if truth else ALL_KINDS - kinds)
        if not truth:
            return ANY
        if fact in ("port", "mode"):
            numbers = {int(v) for v in values if isinstance(v, int | float)}
            if fact == "mode":
                return ANY if 0 in numbers else mode_needs()
            return port_needs(n for n in numbers if 0 <= n <= _LARGEST_PORT) if numbers else NEVER
        texts = [v for v in values if isinstance(v, str)]
        return text_needs(fact, [Form("is", v, fact.caseless) for v in texts]) if texts else ANY

    @staticmethod
    def _compared(fact: Fact, sign: str, number: float) -> Needs:
        if fact == "mode":
            return mode_needs() if (sign == ">" and number >= 0) or (sign == ">=" and number > 0) else ANY
        if fact != "port":
            return ANY
        within = COMPARISONS[sign]
        ports = [port for port in range(_LARGEST_PORT + 1) if within(port, number)]
        return port_needs(ports) if len(ports) <= MOST_PORTS else ANY

    def _call(self, node: syntax.Call, known: Known) -> Needs:
        if node.name == "glob" and node.target is None and len(node.arguments) == 2:
            fact, pattern = (self._value(each, known) for each in node.arguments)
            return self._glob(fact, pattern)
        if node.target is None or node.name not in _HOWS or len(node.arguments) != 1:
            return ANY
        fact, value = self._value(node.target, known), self._value(node.arguments[0], known)
        if isinstance(fact, Fact) and isinstance(value, str) and not isinstance(value, Fact):
            return text_needs(fact, (Form(_HOWS[node.name], value, fact.caseless),))
        return ANY

    @staticmethod
    def _glob(fact: Any, pattern: Any) -> Needs:
        """The longest piece without a wildcard; only one, since a name may hold a line end where the wildcard is."""
        if not isinstance(fact, Fact) or not isinstance(pattern, str) or isinstance(pattern, Fact):
            return ANY
        pieces = re.split(r"[*?]+", pattern)
        if len(pieces) == 1:
            return text_needs(fact, (Form("is", pattern, fact.caseless),))
        forms = [Form("begins", pieces[0]), *(Form("has", p) for p in pieces[1:-1]), Form("ends", pieces[-1])]
        # '**/' is also nothing at all: then the slash before and the piece behind it overlap in no way that matters,
        # but the slash behind the stars is not there.
        forms = [f._replace(value=f.value.removeprefix("/")) if n and "**/" in pattern else f for n, f in enumerate(forms)]
        best = max(forms, key=lambda form: len(form.value))
        return text_needs(fact, (best._replace(caseless=fact.caseless),)) if best.value else ANY

    def _comprehension(self, node: syntax.Comprehension, known: Known) -> Needs:
        """`list.exists(v, …)`: over a constant list one of its values, over the arguments some element."""
        if node.macro not in ("exists", "exists_one"):
            return ANY
        over = self._value(node.operand, known)
        if isinstance(over, list) and len(over) <= _MOST_VALUES:
            self._depth += 1
            try:
                if self._depth > 2:
                    return ANY
                return either(self.needs(node.first, {**known, node.variable: value}, truth=True) for value in over)
            finally:
                self._depth -= 1
        if _is_argv(over):
            return self.needs(node.first, {**known, node.variable: _fact(ELEMENT)}, truth=True)
        return self.needs(node.first, {**known, node.variable: None}, truth=True)

    def _value(self, node: Node, known: Known) -> Any:  # noqa: PLR0911 -- one return for each kind of value
        """A Fact, a constant (texts, numbers, lists of them), or None for anything else."""
        match node:
            case syntax.Literal():
                return node.value
            case syntax.Name():
                return self._named(node.name, known)
            case syntax.Items():
                values = [self._value(each, known) for each in node.items]
                return values if all(isinstance(v, str | int | float) and not isinstance(v, Fact) for v in values) else None
            case syntax.Index():
                return _fact(ELEMENT) if _is_argv(self._value(node.operand, known)) else None
            case syntax.Call(name="lowerAscii" | "upperAscii", target=target) if target is not None:
                inner = self._value(target, known)
                return _fact(inner, caseless=True) if isinstance(inner, Fact) else None
            case syntax.Call(name="join", target=target, arguments=(by,)) if target is not None:
                joined = self._value(target, known) == "args" and self._value(by, known) == " "
                return _fact(JOINED) if joined else None
            case _:
                return None

    def _named(self, name: str, known: Known) -> Any:
        if name in known:
            return known[name]
        macro = self._names.macros.get(name)
        if macro is not None:
            return self._value(macro.node, {}) if macro.node is not None else None
        if name in self._names.fields:
            return _fact(name)
        constant = self._names.constants.get(name)
        return constant[1] if constant is not None else None
