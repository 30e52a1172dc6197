"""CEL's macros over lists and maps: all, exists, exists_one, map, filter. Every element costs a step.

Source: cel-spec, doc/langdef.md, Macros: `all` and `exists` decide even if another element fails, the others do not.
"""

from __future__ import annotations

from typing import Any

from periderm.algorithms.rules import syntax
from periderm.algorithms.rules.kinds import BOOL, DYN, Type, a, list_of, type_of
from periderm.algorithms.rules.parts import Building, Built
from periderm.algorithms.rules.places import shown
from periderm.algorithms.rules.running import Run, Running, Spot
from periderm.model.errors import RuleError


def build(builder: Building, node: syntax.Comprehension) -> Built:
    """The macro as a part that runs. Raises RuleError."""
    whole = builder.build(node.operand)
    if whole.type.name not in ("list", "map", "dyn"):
        raise builder.error(node, f"{node.macro}() goes over a list or a map, and this is {whole.type}.")
    slot, shadowed = builder.slots, builder.variables.get(node.variable)
    builder.slots += 1
    builder.variables[node.variable] = (slot, whole.type.of[0] if whole.type.of else DYN)
    first = builder.build(node.first)
    second = builder.build(node.second) if node.second else None
    if shadowed is None:
        del builder.variables[node.variable]
    else:
        builder.variables[node.variable] = shadowed
    condition = first if node.macro != "map" or second else None
    if condition is not None and condition.type.name not in ("bool", "dyn"):
        raise builder.error(node.first, f"{node.macro}() asks what is true or false, and this is {condition.type}.")
    each = _Each(whole.run, slot, Spot(builder.place, node.at), node.variable)
    if node.macro in ("all", "exists"):
        return Built(BOOL, _quantifier(each, first.run, node.macro == "exists"))
    if node.macro == "exists_one":
        return Built(BOOL, lambda running: sum(each.true(first.run, running) for _ in each(running)) == 1)
    inner: Type = whole.type.of[0] if whole.type.of else DYN
    if node.macro == "filter":
        return Built(list_of(inner), _filtered(each, first.run))
    result = second or first
    return Built(list_of(result.type), _mapped(each, first.run if second else None, result.run))


class _Each:
    """Going over the elements of a list, or the keys of a map, with the variable set to each."""

    def __init__(self, run: Run, slot: int, spot: Spot, variable: str) -> None:
        self._run, self._slot, self._spot, self._variable = run, slot, spot, variable

    def __call__(self, running: Running) -> Any:
        whole = self._run(running)
        if not isinstance(whole, list | tuple | dict):
            raise self._spot.place.error(self._spot.at, f"{a(type_of(whole)).capitalize()} has no elements.")
        before = running.slots[self._slot]
        for element in whole:
            self._spot.spend(running)
            running.slots[self._slot] = element
            yield element
        running.slots[self._slot] = before

    def true(self, run: Run, running: Running) -> bool:
        """Whether the body holds for the element. Raises RuleError if it is neither true nor false."""
        value: object = run(running)
        if isinstance(value, bool):
            return value
        what = f"For one {shown(self._variable)} this is {type_of(value)}, and not true or false."
        raise self._spot.place.error(self._spot.at, what)


def _quantifier(each: _Each, run: Run, decides: bool) -> Run:
    def quantify(running: Running) -> bool:
        failed: RuleError | None = None
        for _ in each(running):
            try:
                if each.true(run, running) is decides:
                    return decides
            except RuleError as error:
                failed = failed or error
        if failed is not None:
            raise failed
        return not decides

    return quantify


def _filtered(each: _Each, run: Run) -> Run:
    return lambda running: [element for element in each(running) if each.true(run, running)]


def _mapped(each: _Each, condition: Run | None, run: Run) -> Run:
    if condition is None:
        return lambda running: [run(running) for _ in each(running)]
    asked = condition
    return lambda running: [run(running) for _ in each(running) if each.true(asked, running)]
