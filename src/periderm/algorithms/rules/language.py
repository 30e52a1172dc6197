"""A language of conditions about one kind of facts: made from a Struct's own typed field names, with constants, lists and
macros. Reads no files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from periderm.algorithms.rules.build import Builder
from periderm.algorithms.rules.kinds import BOOL, BY_NAME, LIST, STRING, Type, common, list_of, message, type_of
from periderm.algorithms.rules.parse import parse
from periderm.algorithms.rules.parts import Built, Macro, Names
from periderm.algorithms.rules.places import Place, shown
from periderm.algorithms.rules.running import Run, Running
from periderm.algorithms.rules.syntax import Node


class Condition:
    """A condition that was checked. `fields` are the names of the facts that it reads; `node` is how it was written, and
    `names` what the names in it stand for."""

    __slots__ = ("_place", "_run", "_slots", "_truth", "fields", "names", "node", "text")

    def __init__(self, place: Place, run: Run, builder: Builder, truth: bool, node: Node) -> None:
        self._place, self._run, self._slots, self._truth = place, run, builder.slots, truth
        self.text, self.fields = place.text, frozenset(builder.fields)
        self.node, self.names = node, builder.names

    def holds(self, facts: object) -> bool:
        """Whether it is true of these facts, an object with the fields as attributes. Raises RuleError, with the place, if it
        cannot be said: a division by zero, an element that is not there, more than 100,000 steps. Whoever asks must not
        take that for 'no'."""
        try:
            value = self._run(Running(facts, self._slots))
        except RecursionError:
            raise self._place.error(0, "The condition is nested too deeply to be run here.") from None
        if self._truth or value is True or value is False:
            return bool(value)
        raise self._place.error(0, f"The condition gives {type_of(value)}, and not true or false.")


class Language:
    """What conditions may say about facts of one type. `constants` are names for numbers, texts or lists of them; `words`
    tell for a field of texts which ones it can have, so that a misspelt one is found on load."""

    def __init__(
        self,
        facts: type[msgspec.Struct],
        constants: Mapping[str, Any] | None = None,
        words: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._names = Names(
            dict(message(facts).fields),
            {name: (_kind(value), value) for name, value in (constants or {}).items()},
            {},
            {field: tuple(each) for field, each in (words or {}).items()},
        )
        self._slots = 0

    @property
    def fields(self) -> Mapping[str, Type]:
        """The names and types of the facts."""
        return self._names.fields

    def constant(self, name: str) -> Any:
        """The value of a constant, None if there is none of that name."""
        known = self._names.constants.get(name)
        return known[1] if known else None

    def compile(self, text: str, where: str = "", line: int = 1, column: int = 1, indent: int = 0) -> Condition:
        """The condition. `where`, `line`, `column` and `indent` say where in a file it stands (the indent is that of its
        further lines). Raises RuleError with line, column and the nearest known name."""
        place = Place(text, where, line, column, indent)
        built, builder, node = self._build(place)
        if built.type.name not in ("bool", "dyn"):
            raise place.error(0, f"The condition gives {built.type}, and not true or false.", _comparison_missing(built))
        return Condition(place, built.run, builder, built.type == BOOL, node)

    def with_list(self, name: str, values: list[Any], place: Place | None = None) -> Language:
        """The language with one more constant list. Raises RuleError if the name is taken."""
        self._free(name, place)
        constants = {**self._names.constants, name: (_kind(values), list(values))}
        return self._with(self._names._replace(constants=constants), self._slots)

    def with_macro(self, name: str, place: Place) -> Language:
        """The language with one more name for an expression, which may use those before it. Raises RuleError."""
        self._free(name, place)
        built, builder, node = self._build(place)
        macro = Macro(Built(built.type, built.run, built.constant, built.value), frozenset(builder.fields), node)
        return self._with(self._names._replace(macros={**self._names.macros, name: macro}), builder.slots)

    def _build(self, place: Place) -> tuple[Built, Builder, Node]:
        builder = Builder(place, self._names, self._slots)
        try:
            node = parse(place)
            return builder.build(node), builder, node
        except RecursionError:
            raise place.error(0, "The condition is nested too deeply.", "Write it flatter.") from None

    def _with(self, names: Names, slots: int) -> Language:
        made = Language.__new__(Language)
        made._names, made._slots = names, slots
        return made

    def _free(self, name: str, place: Place | None) -> None:
        known = {*self._names.fields, *self._names.constants, *self._names.macros}
        error = place.error if place else Place("").error
        if not name.isidentifier() or not name.isascii():
            raise error(0, f"'{shown(name)}' is no name.", "A name has letters, digits and underscores.")
        if name in known:
            raise error(0, f"There is a '{name}' already.", "Give it another name.")


def _kind(value: Any) -> Type:
    if isinstance(value, list):
        return list_of(common([_kind(v) for v in value])) if value else LIST
    return BY_NAME.get(type_of(value), STRING)


def _comparison_missing(built: Built) -> str:
    return f"Compare it: {built.field} == …" if built.field else ""
