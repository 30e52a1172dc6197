"""From an expression to a function: names and types are resolved once, here, with an error for what is wrong; what is left
to run are closures. Knows no files.

Source: cel-spec, doc/langdef.md, Evaluation. Differs on purpose, to find mistakes on load: an unknown name or function, a
comparison between types that are never equal, and a word that a field never has are errors.
"""

from __future__ import annotations

from typing import Any

from periderm.algorithms.rules import calls, closures, comprehensions, syntax
from periderm.algorithms.rules.kinds import (
    BOOL,
    BY_NAME,
    DYN,
    NUMBERS,
    ORDERED,
    STRING,
    Type,
    a,
    common,
    comparable,
    list_of,
)
from periderm.algorithms.rules.operations import ARITHMETIC, COMPARISONS, at_index, is_key, negate
from periderm.algorithms.rules.parts import Built, Names, constant
from periderm.algorithms.rules.places import Place, nearest, shown
from periderm.algorithms.rules.running import Fault, Run, Running, Spot
from periderm.model.errors import RuleError


class Builder:
    """Builds one expression. `fields` are the names of the facts that it reads, `slots` how many variables it needs."""

    def __init__(self, place: Place, names: Names, slots: int = 0) -> None:
        self.place = place
        self.names = names
        self.fields: set[str] = set()
        self.slots = slots
        self.variables: dict[str, tuple[int, Type]] = {}

    def build(self, node: syntax.Node) -> Built:
        """The part that runs. Raises RuleError."""
        match node:
            case syntax.Literal():
                return constant(BY_NAME[node.kind], calls.literal(node))
            case syntax.Name():
                return self._name(node)
            case syntax.Logic():
                return self._logic(node)
            case syntax.Operation():
                return self._operation(node)
            case syntax.Unary():
                return self._unary(node)
            case _:
                return self._compound(node)

    def _compound(self, node: syntax.Node) -> Built:  # noqa: PLR0911 -- one return for each kind of node
        match node:
            case syntax.Choice():
                return self._choice(node)
            case syntax.Select():
                return self._select(node)
            case syntax.Index():
                return self._index(node)
            case syntax.Items():
                return self._items(node)
            case syntax.Entries():
                return self._entries(node)
            case syntax.Comprehension():
                return comprehensions.build(self, node)
            case syntax.Call():
                return calls.build(self, node)
            case _:
                raise self.error(node, "This part of the condition is not known.")

    def error(self, node: syntax.Node, what: str, next_step: str = "") -> RuleError:
        """The error at a node."""
        return self.place.error(node.at, what, next_step)

    def _name(self, node: syntax.Name) -> Built:
        name = node.name
        if name in self.variables:
            slot, kind = self.variables[name]
            return Built(kind, lambda running: running.slots[slot])
        if name in self.names.macros:
            self.fields |= self.names.macros[name].fields
            return self.names.macros[name].built
        if name in self.names.fields:
            self.fields.add(name)
            return Built(self.names.fields[name], closures.getter(name), field=name)
        if name in self.names.constants:
            return constant(*self.names.constants[name])
        known = {*self.variables, *self.names.macros, *self.names.fields, *self.names.constants}
        raise self.error(node, f"There is no '{shown(name)}'.", nearest(name, known))

    def _truth(self, node: syntax.Node, what: str) -> Run:
        part = self.build(node)
        if part.type.name not in ("bool", "dyn"):
            step = "Put brackets around what is negated: !(…)." if what.endswith("!") else ""
            raise self.error(node, f"{what} must be true or false, and this is {part.type}.", step)
        return part.run if part.type == BOOL else closures.surely(part.run, Spot(self.place, node.at), what)

    def _logic(self, node: syntax.Logic) -> Built:
        runs = tuple(self._truth(n, f"What stands beside {node.sign}") for n in node.operands)
        return Built(BOOL, closures.logic(runs, node.sign == "||"))

    def _operation(self, node: syntax.Operation) -> Built:
        left, right = self.build(node.left), self.build(node.right)
        spot = Spot(self.place, node.at)
        if node.sign in ("==", "!="):
            self._can_be_equal(node, left, right)
            return Built(BOOL, closures.equality(left, right, node.sign == "!="))
        if node.sign == "in":
            return self._inclusion(node, left, right)
        if node.sign in COMPARISONS:
            for side, other in ((left, right), (right, left)):
                if side.type.name not in ORDERED | {"dyn"} or not comparable(side.type, other.type) or side.type.name == "null":
                    raise self.error(
                        node,
                        f"'{node.sign}' does not compare {left.type} with {right.type}.",
                        _unquoted(self.names, left, right),
                    )
            return Built(BOOL, closures.comparison(node.sign, left, right, spot))
        allowed = ARITHMETIC[node.sign]
        for side in (left, right):
            if side.type.name not in (*allowed, "dyn"):
                raise self.error(node, f"'{node.sign}' does not take {side.type}.")
        if "dyn" not in (left.type.name, right.type.name) and left.type.name != right.type.name:
            step = "Write int(…) or double(…) around one of them." if {left.type.name, right.type.name} <= NUMBERS else ""
            raise self.error(node, f"'{node.sign}' does not take {left.type} and {right.type}.", step)
        kind = left.type if left.type == right.type else DYN if left.type.name != "list" else common([left.type, right.type])
        return Built(kind, closures.calculation(node.sign, left.run, right.run, spot))

    def _can_be_equal(self, node: syntax.Node, left: Built, right: Built) -> None:
        if not comparable(left.type, right.type):
            step = _unquoted(self.names, left, right)
            raise self.error(node, f"{a(left.type).capitalize()} is never equal to {a(right.type)}.", step)
        for one, other in ((left, right), (right, left)):
            words = self.names.words.get(one.field)
            if words and other.constant and isinstance(other.value, str) and other.value not in words:
                raise self.error(node, f"'{one.field}' is never '{shown(other.value)}'.", nearest(other.value, words))

    def _inclusion(self, node: syntax.Operation, left: Built, right: Built) -> Built:
        if right.type.name not in ("list", "map", "dyn"):
            step = "For a piece of a text, write text.contains(piece)." if right.type == STRING else ""
            raise self.error(node, f"'in' does not look into {right.type}.", step)
        inner = right.type.of[0] if right.type.of else DYN
        if not comparable(left.type, inner):
            raise self.error(
                node, f"{a(left.type).capitalize()} is never in {a(right.type)}.", _unquoted(self.names, left, right)
            )
        for value in right.value if right.constant and isinstance(right.value, list) else ():
            self._can_be_equal(node, left, constant(inner, value))
        return Built(BOOL, closures.inclusion(left, right, Spot(self.place, node.at)))

    def _unary(self, node: syntax.Unary) -> Built:
        if node.sign == "!":
            run = self._truth(node.operand, "What stands behind !")
            return Built(BOOL, lambda running: not run(running))
        part = self.build(node.operand)
        if part.type.name not in ("int", "double", "dyn"):
            raise self.error(node, f"'-' does not take {part.type}.")
        run, spot = part.run, Spot(self.place, node.at)

        def negative(running: Running) -> Any:
            try:
                return negate(run(running))
            except Fault as fault:
                raise spot.place.error(spot.at, str(fault)) from None

        return Built(part.type, negative)

    def _choice(self, node: syntax.Choice) -> Built:
        condition = self._truth(node.condition, "What stands before ?")
        yes, no = self.build(node.yes), self.build(node.no)
        yes_run, no_run = yes.run, no.run
        return Built(common([yes.type, no.type]), lambda running: (yes_run if condition(running) else no_run)(running))

    def _select(self, node: syntax.Select) -> Built:
        part = self.build(node.operand)
        kind, run, name, spot = part.type, part.run, node.field, Spot(self.place, node.at)
        if kind.fields:
            fields = dict(kind.fields)
            if name not in fields:
                raise self.error(node, f"{a(kind).capitalize()} has no '{shown(name)}'.", nearest(name, fields))
            if node.test:
                return Built(BOOL, lambda running: getattr(run(running), name) not in (None, "", 0, (), [], {}))
            return Built(fields[name], lambda running: getattr(run(running), name))
        if kind.name not in ("map", "dyn"):
            raise self.error(node, f"{a(kind).capitalize()} has no fields, and so no '{shown(name)}'.")
        if node.test:
            return Built(BOOL, lambda running: name in closures.as_map(run(running), spot))
        return Built(kind.of[1] if kind.of else DYN, lambda running: closures.entry(run(running), name, spot))

    def _index(self, node: syntax.Index) -> Built:
        part, index = self.build(node.operand), self.build(node.index)
        if part.type.name not in ("list", "map", "dyn"):
            raise self.error(node, f"{a(part.type).capitalize()} has no '[…]'.")
        if part.type.name == "list" and index.type.name not in (*NUMBERS, "dyn"):
            raise self.error(node, f"A list has no place {index.type}.")
        run, where, spot = part.run, index.run, Spot(self.place, node.at)

        def pick(running: Running) -> Any:
            try:
                return at_index(run(running), where(running))
            except Fault as fault:
                raise spot.place.error(spot.at, str(fault)) from None

        return Built(part.type.of[-1] if part.type.of else DYN, pick)

    def _items(self, node: syntax.Items) -> Built:
        parts = [self.build(n) for n in node.items]
        kind = list_of(common([p.type for p in parts]))
        if all(p.constant for p in parts):
            return constant(kind, [p.value for p in parts])
        runs = tuple(p.run for p in parts)
        return Built(kind, lambda running: [run(running) for run in runs])

    def _entries(self, node: syntax.Entries) -> Built:
        keys = [self.build(key) for key, _ in node.entries]
        values = [self.build(value) for _, value in node.entries]
        pairs = tuple((k.run, v.run) for k, v in zip(keys, values, strict=True))
        spot = Spot(self.place, node.at)

        def make(running: Running) -> dict[Any, Any]:
            out: dict[Any, Any] = {}
            for key_run, value_run in pairs:
                key = key_run(running)
                if not is_key(key) or key in out:
                    raise spot.place.error(spot.at, "A key stands twice in the map, or is of a type that no key has.")
                out[key] = value_run(running)
            return out

        return Built(Type("map", (common([k.type for k in keys]), common([v.type for v in values]))), make)


def _unquoted(names: Names, left: Built, right: Built) -> str:
    """Advice for a word in quotes that is a constant without: severity >= 'high'."""
    for side in (left, right):
        values = side.value if isinstance(side.value, list) else [side.value]
        word = next((v for v in values if isinstance(v, str) and v.lower() in names.constants), None)
        if side.constant and word is not None:
            return f"Write {word.lower()} without quotes."
    return ""
