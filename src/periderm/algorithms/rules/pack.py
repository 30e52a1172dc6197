"""Packs of rules: lists, macros, conditions, exceptions, and tests that stand beside them. Reads no files: the parsed document
is given.

Used by gates and by runtime rules; network, API and admission rules are the same with other facts.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from periderm.algorithms.rules.excepting import RuleException, WrittenException, check
from periderm.algorithms.rules.kinds import Type
from periderm.algorithms.rules.language import Condition, Language
from periderm.algorithms.rules.places import Place, nearest, shown
from periderm.model.errors import RuleError
from periderm.model.policy import ResponseKind
from periderm.model.severity import Maturity, Severity

Value = str | int
Written = str | list[str] | dict[str, str]
BEFORE_ALL = 0  # tests are run at a time at which every exception still holds


class Action(enum.StrEnum):
    """What a rule that holds means."""

    FAIL = "fail"
    WARN = "warn"


class PackKind(enum.StrEnum):
    """What the rules of a pack are asked about."""

    GATE = "gate"
    RUNTIME = "runtime"


class WrittenTest(msgspec.Struct, frozen=True):
    """Facts as they were written (each with its place), and whether the rule must hold for them."""

    name: str
    given: Mapping[str, tuple[Written, Place]]
    fires: bool
    place: Place


class WrittenRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it was written. `action` is a gate's; what follows `tests` is a runtime rule's: `message` is a template with
    facts' names in braces, `response` what it asks for where a policy allows it."""

    id: str
    title: str
    condition: Place
    action: Action = Action.FAIL
    tests: tuple[WrittenTest, ...] = ()
    place: Place
    title_zh: str = ""
    severity: Severity = Severity.MEDIUM
    techniques: tuple[Place, ...] = ()
    message: Place | None = None
    message_zh: Place | None = None
    remediation: str = ""
    response: ResponseKind = ResponseKind.ALERT
    maturity: Maturity = Maturity.STABLE
    enabled: bool = True


class WrittenPack(msgspec.Struct, frozen=True):
    """A file as it was written: named lists, macros (in order: each may use those before), rules, exceptions."""

    lists: tuple[tuple[str, list[Value], Place], ...]
    macros: tuple[tuple[str, Place], ...]
    rules: tuple[WrittenRule, ...]
    where: str = ""
    kind: PackKind = PackKind.GATE
    name: str = ""
    version: str = ""
    exceptions: tuple[WrittenException, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that was checked. `exceptions` are those of the pack that are for it."""

    id: str
    title: str
    condition: Condition
    action: Action
    tests: tuple[tuple[msgspec.Struct, WrittenTest], ...] = ()
    exceptions: tuple[RuleException, ...] = ()
    written: WrittenRule

    def excepted(self, facts: object, now: int) -> RuleException | None:
        """The exception that covers these facts at a time, if one does."""
        return next((each for each in self.exceptions if each.covers(facts, now)), None)


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
    written: WrittenPack | None = None

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
                    fired = rule.condition.holds(facts) and rule.excepted(facts, BEFORE_ALL) is None
                    if fired is not test.fires:
                        what = "does not fire, and should" if test.fires else "fires, and should not"
                        failures.append(Failure(rule.id, name, where, what))
                except RuleError as error:
                    failures.append(Failure(rule.id, name, where, str(error)))
        return tuple(failures)


Example = msgspec.Struct | Callable[[dict[str, Any]], msgspec.Struct]


def load(written: WrittenPack, language: Language, example: Example) -> Pack:
    """The pack, checked: every name, type, macro, exception and test. `example` is facts from which a test's start, or what
    makes facts of those that a test gives. Raises RuleError with the place."""
    ids = {rule.id for rule in written.rules}
    exceptions = tuple(check(each, language.fields, ids) for each in written.exceptions)
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
        own = tuple(each for each in exceptions if _is_for(each.written, rule.id))
        made = Rule(
            id=rule.id, title=rule.title, condition=condition, action=rule.action, tests=tests, exceptions=own, written=rule
        )
        rules.append(made)
    return Pack(tuple(rules), written.where, written)


def _is_for(exception: WrittenException, rule: str) -> bool:
    return not exception.rules or any(each.text == rule for each in exception.rules)


def _facts(test: WrittenTest, language: Language, example: Example) -> msgspec.Struct:
    changes: dict[str, Any] = {}
    for name, (value, place) in test.given.items():
        kind = language.fields.get(name)
        if kind is None:
            raise place.error(0, f"There is no '{shown(name)}'.", nearest(name, language.fields))
        changes[name] = _converted(value, kind, place, language)
    return msgspec.structs.replace(example, **changes) if isinstance(example, msgspec.Struct) else example(changes)


def _converted(value: Written, kind: Type, place: Place, language: Language) -> Any:
    """A written value as the field's type; a constant's name stands for its value (severity: high)."""
    if isinstance(value, dict) or kind.name == "map":
        if not isinstance(value, dict) or kind.name != "map":
            raise place.error(0, f"'{shown(place.text)}' is {kind}, and this is not.")
        return value
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
