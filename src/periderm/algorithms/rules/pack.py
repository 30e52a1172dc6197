"""Packs of rules: lists, macros, conditions, and tests that stand beside them. Reads no files: the parsed document is given.

Used by gates now; runtime, network, API and admission rules are the same with other facts.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import msgspec

from periderm.algorithms.rules.kinds import Type
from periderm.algorithms.rules.language import Condition, Language
from periderm.algorithms.rules.places import Place, nearest, shown
from periderm.model.errors import RuleError

Value = str | int


class Action(enum.StrEnum):
    """What a rule that holds means."""

    FAIL = "fail"
    WARN = "warn"


class WrittenTest(msgspec.Struct, frozen=True):
    """Facts as they were written (each with its place), and whether the rule must hold for them."""

    name: str
    given: Mapping[str, tuple[str | list[str], Place]]
    fires: bool
    place: Place


class WrittenRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it was written."""

    id: str
    title: str
    condition: Place
    action: Action = Action.FAIL
    tests: tuple[WrittenTest, ...] = ()
    place: Place


class WrittenPack(msgspec.Struct, frozen=True):
    """A file as it was written: named lists, macros (in order: each may use those before), rules."""

    lists: tuple[tuple[str, list[Value], Place], ...]
    macros: tuple[tuple[str, Place], ...]
    rules: tuple[WrittenRule, ...]
    where: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that was checked."""

    id: str
    title: str
    condition: Condition
    action: Action
    tests: tuple[tuple[msgspec.Struct, WrittenTest], ...] = ()


class Failure(msgspec.Struct, frozen=True):
    """A test that does not hold: which, where, and what happened."""

    rule: str
    test: str
    where: str
    what: str


class Pack(msgspec.Struct, frozen=True):
    """Rules that can be asked."""

    rules: tuple[Rule, ...]
    where: str = ""

    def holding(self, facts: msgspec.Struct) -> tuple[Rule, ...]:
        """The rules that hold for these facts. Raises RuleError if it cannot be said of one."""
        return tuple(rule for rule in self.rules if rule.condition.holds(facts))

    def run_tests(self) -> tuple[Failure, ...]:
        """Every test of every rule; empty if all hold."""
        failures = []
        for rule in self.rules:
            for number, (facts, test) in enumerate(rule.tests, 1):
                name = test.name or f"test {number}"
                where = f"{test.place.where}:{test.place.line}"
                try:
                    if rule.condition.holds(facts) is not test.fires:
                        what = "does not fire, and should" if test.fires else "fires, and should not"
                        failures.append(Failure(rule.id, name, where, what))
                except RuleError as error:
                    failures.append(Failure(rule.id, name, where, str(error)))
        return tuple(failures)


def load(written: WrittenPack, language: Language, example: msgspec.Struct) -> Pack:
    """The pack, checked: every name, type, macro and test. `example` is facts from which a test's start. Raises RuleError
    with the place."""
    for name, values, place in written.lists:
        language = language.with_list(name, list(values), place)
    for name, place in written.macros:
        language = language.with_macro(name, place)
    seen: set[str] = set()
    rules = []
    for rule in written.rules:
        if rule.id in seen:
            raise rule.place.error(0, f"There is a rule '{shown(rule.id)}' already.", "Give each its own id.")
        seen.add(rule.id)
        at = rule.condition
        condition = language.compile(at.text, at.where, at.line, at.column, at.indent)
        tests = tuple((_facts(test, language, example), test) for test in rule.tests)
        rules.append(Rule(id=rule.id, title=rule.title, condition=condition, action=rule.action, tests=tests))
    return Pack(tuple(rules), written.where)


def _facts(test: WrittenTest, language: Language, example: msgspec.Struct) -> msgspec.Struct:
    changes: dict[str, Any] = {}
    for name, (value, place) in test.given.items():
        kind = language.fields.get(name)
        if kind is None:
            raise place.error(0, f"There is no '{shown(name)}'.", nearest(name, language.fields))
        changes[name] = _converted(value, kind, place, language)
    return msgspec.structs.replace(example, **changes)


def _converted(value: str | list[str], kind: Type, place: Place, language: Language) -> Any:
    """A written value as the field's type; a constant's name stands for its value (severity: high)."""
    if isinstance(value, list) or kind.name == "list":
        if not isinstance(value, list) or kind.name != "list":
            raise place.error(0, f"'{shown(place.text)}' is {kind}, and this is not.")
        return tuple(value)
    if kind.name == "string":
        return value
    known = language.constant(value)
    if known is not None:
        return known
    python = {"bool": bool, "int": int, "double": float}.get(kind.name)
    try:
        if python is None or len(value) > 40:
            raise msgspec.ValidationError
        return msgspec.convert(value, python, strict=False)
    except (msgspec.ValidationError, ValueError):
        raise place.error(0, f"'{shown(value)}' is no {kind}, and '{shown(place.text)}' is one.") from None
