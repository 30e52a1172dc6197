"""Falco's rules as a pack of ours: conditions, the macros and lists that they need, severity, techniques, message. What cannot
be said is left out with its reasons; nothing is guessed. Makes no tests: whoever imports adds them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import msgspec

from periderm.algorithms.rules.pack import PackKind, Value, WrittenPack, WrittenRule
from periderm.algorithms.rules.places import Place, shown
from periderm.formats.falco_rules import grammar
from periderm.formats.falco_rules.comparing import compared
from periderm.formats.falco_rules.documents import FalcoFile, FalcoRule, RuleException
from periderm.formats.falco_rules.fields import FIELDS
from periderm.formats.falco_rules.grammar import Compare, Condition, Joined, Named, Negated
from periderm.model.errors import FormatError
from periderm.model.severity import Severity

LONGEST = 10_000  # characters of a condition that packs take
MOST_VALUES = 2_000
_SEVERITIES = {
    "EMERGENCY": Severity.CRITICAL, "ALERT": Severity.CRITICAL, "CRITICAL": Severity.CRITICAL, "ERROR": Severity.HIGH,
    "WARNING": Severity.MEDIUM, "NOTICE": Severity.LOW, "INFORMATIONAL": Severity.INFORMATIONAL, "INFO": Severity.INFORMATIONAL,
    "DEBUG": Severity.INFORMATIONAL,
}  # fmt: skip
_TECHNIQUE = re.compile(r"T[0-9]{4}(?:\.[0-9]{3})?")
_OUTPUT = re.compile(r"%([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)(?:\[[^\]]*\])?")
_PLAIN = re.compile(r"[a-z_]+")
_RESERVED = frozenset(("true", "false", "null", "in", "kind"))


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one of Falco's rules: the id of ours, '' if it was not translated, then `reasons` say why."""

    name: str
    id: str = ""
    reasons: tuple[str, ...] = ()


class Translated(msgspec.Struct, frozen=True):
    """The pack and what became of each rule, in the order of the files."""

    pack: WrittenPack
    outcomes: tuple[Outcome, ...]


def translate(file: FalcoFile, facts: Collection[str], name: str = "imported") -> Translated:
    """The rules of system calls. `facts` are names that macros must not have."""
    translating = _Translating(file, facts)
    rules: list[WrittenRule] = []
    outcomes: list[Outcome] = []
    ids: set[str] = set()
    for rule in file.rules.values():
        try:
            condition = translating.rule(rule)
            if len(condition) > LONGEST:
                raise FormatError(f"its condition would be longer than {LONGEST} characters")
        except FormatError as error:
            outcomes.append(Outcome(name=rule.name, reasons=(str(error),)))
            continue
        made = _written(rule, condition, _id(rule.name, ids))
        rules.append(made)
        outcomes.append(Outcome(name=rule.name, id=made.id))
    macros = tuple((macro, Place(text)) for macro, text in translating.macros.items())
    pack = WrittenPack((), macros, tuple(rules), "", PackKind.RUNTIME, name, "1", ())
    return Translated(pack, tuple(outcomes))


class _Translating:
    """`macros` are those that were needed, each after what it needs, by our names."""

    def __init__(self, file: FalcoFile, facts: Collection[str]) -> None:
        self._file = file
        self._facts = facts
        self._names: dict[str, str] = {}
        self._open: set[str] = set()
        self._failed: dict[str, str] = {}
        self.macros: dict[str, str] = {}

    def rule(self, rule: FalcoRule) -> str:
        """The whole condition. Raises FormatError."""
        if rule.source not in ("", "syscall"):
            raise FormatError(f"its source is {shown(rule.source)}, and not system calls")
        condition = self._say(grammar.parse(rule.condition))
        excepted = [part for each in rule.exceptions.values() for part in self._excepted(each)]
        return _joined("and", [condition, *(f"!{_bracketed(part, always=True)}" for part in excepted)])

    def _say(self, node: Condition) -> str:
        match node:
            case Joined():
                return _joined(node.sign, [self._say(part) for part in node.parts])
            case Negated():
                inner = self._say(node.part)
                return {"true": "false", "false": "true"}.get(inner) or f"!{_bracketed(inner, always=True)}"
            case Named():
                return self._macro(node.name)
            case Compare():
                return compared(msgspec.structs.replace(node, values=self._values(node.values)))

    def _values(self, values: Iterable[str]) -> tuple[str, ...]:
        """Values with the lists among them taken apart, each once."""
        found: dict[str, None] = {}
        waiting = [(value, 0) for value in reversed(list(values))]
        while waiting:
            value, depth = waiting.pop()
            inner = self._file.lists.get(value)
            if inner is None or depth > 20:
                found[value] = None
            else:
                waiting.extend((each, depth + 1) for each in reversed(inner))
            if len(found) + len(waiting) > MOST_VALUES:
                raise FormatError(f"a list has more than {MOST_VALUES} values")
        return tuple(found)

    def _macro(self, name: str) -> str:
        if name in self._names:
            return self._names[name]
        if name in self._failed:
            raise FormatError(self._failed[name])
        told = self._file.macros.get(name)
        if told is None:
            raise FormatError(f"there is no macro {shown(name)} in these files")
        if name in self._open or len(self._open) > 40:
            raise FormatError(f"the macro {shown(name)} uses itself")
        self._open.add(name)
        try:
            text = self._say(grammar.parse(told))
            if len(text) > LONGEST:
                raise FormatError(f"the macro {shown(name)} would be longer than {LONGEST} characters")
        except FormatError as error:
            self._failed[name] = f"macro {shown(name)}: {error}" if "macro" not in str(error) else str(error)
            raise FormatError(self._failed[name]) from None
        finally:
            self._open.discard(name)
        ours = self._own_name(name)
        self.macros[ours] = text
        self._names[name] = ours
        return ours

    def _own_name(self, name: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
        plain = plain if plain[:1].isalpha() else f"m_{plain}"
        while plain in self._facts or plain in _RESERVED or plain in self.macros:
            plain += "_macro"
        return plain

    def _excepted(self, exception: RuleException) -> list[str]:
        """One condition for each line of values."""
        if not exception.values:
            return []
        fields = [self._field(field) for field in exception.fields]
        if len(fields) != len(exception.comparisons) or not fields:
            raise FormatError(f"its exception {shown(exception.name)} has as many fields as comparisons")
        if exception.single:
            values = self._values(str(v) for v in exception.values if isinstance(v, str))
            return [compared(Compare(field=fields[0], sign=exception.comparisons[0], values=values))]
        lines = []
        for line in exception.values:
            if not isinstance(line, list) or len(line) != len(fields):
                raise FormatError(f"its exception {shown(exception.name)} has lines of another length")
            parts = []
            for field, sign, value in zip(fields, exception.comparisons, line, strict=True):
                values = self._values(value if isinstance(value, list) else [value])
                parts.append(compared(Compare(field=field, sign=sign, values=values)))
            lines.append(_joined("and", parts))
        return lines

    @staticmethod
    def _field(text: str) -> grammar.Field:
        parsed = grammar.parse(f"{text} exists")
        if not isinstance(parsed, Compare):
            raise FormatError(f"{shown(text)} in an exception is no field")
        return parsed.field


def _joined(sign: str, parts: list[str]) -> str:
    """Parts joined by 'and' or 'or', without those that say nothing."""
    nothing, everything = ("true", "false") if sign == "and" else ("false", "true")
    if everything in parts:
        return everything
    left = [part for part in parts if part != nothing]
    if len(left) < 2:
        return left[0] if left else nothing
    return (" && " if sign == "and" else " || ").join(_bracketed(part) for part in left)


def _bracketed(text: str, *, always: bool = False) -> str:
    """In brackets, unless it is in brackets, or is one comparison and need not be."""
    compound = " && " in text or " || " in text or " ? " in text
    return f"({text})" if (always or compound) and not _is_group(text if always else text.removeprefix("!")) else text


def _is_group(text: str) -> bool:
    """Whether the first bracket is closed by the last sign. Texts in quotes may hold brackets: then it is said to be none."""
    if not text.startswith("(") or not text.endswith(")") or "'(" in text or ")'" in text:
        return False
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and place < len(text) - 1:
            return False
    return depth == 0


def _id(name: str, ids: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48] or "rule"
    made, number = f"falco-{plain}", 2
    while made in ids:
        made, number = f"falco-{plain}-{number}", number + 1
    ids.add(made)
    return made


def _written(rule: FalcoRule, condition: str, identity: str) -> WrittenRule:
    message = _message(rule.output)
    return WrittenRule(
        id=identity,
        title=_short(rule.name, 200),
        condition=Place(condition),
        place=Place(identity),
        severity=_SEVERITIES.get(rule.priority.upper(), Severity.MEDIUM),
        techniques=tuple(Place(tag) for tag in dict.fromkeys(rule.tags) if _TECHNIQUE.fullmatch(tag)),
        message=Place(message) if message else None,
        remediation=_short(rule.description, 900),
        enabled=rule.enabled,
    )


def _message(output: str) -> str:
    """The output with facts in place of fields; a field that has none stays as its name."""

    def fact(found: re.Match[str]) -> str:
        known = FIELDS.get(found[1])
        name = {"container.id": "container_id", "container.name": "container", "user.name": "user"}.get(found[1], "")
        if known is not None and _PLAIN.fullmatch(known.text):
            name = known.text
        return f"{{{name}}}" if name else found[1].replace(".", " ")

    text = output.lstrip("*").strip().replace("{", "{{").replace("}", "}}")
    return _short(_OUTPUT.sub(fact, text), 450)


def _short(text: str, most: int) -> str:
    text = "".join(c if c.isprintable() else " " for c in text).strip()
    if len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].partition("{")[0] if "{" in text[most - 40 : most] else text[:most]


__all__ = ["Outcome", "Translated", "Value", "translate"]
