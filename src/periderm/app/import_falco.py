"""Falco's rule files as a pack of the product's own, each rule with tests derived from its condition. Prints nothing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.algorithms.rules import walk
from periderm.algorithms.rules.language import Condition, Language
from periderm.algorithms.rules.pack import WrittenPack, WrittenRule, WrittenTest
from periderm.algorithms.rules.places import Place
from periderm.engines.runtime.rules.pack import language
from periderm.engines.runtime.rules.witness import Given, quiet_beside, witness
from periderm.formats.falco_rules.documents import read
from periderm.formats.falco_rules.translate import Outcome, translate
from periderm.formats.policy_files.writing import write_rule_pack
from periderm.model.errors import RuleError
from periderm.ports.documents import Documents

LARGEST = 8 << 20
_HEAD = """\
Made by `periderm rules import-falco`. Read it before you use it: `periderm rules lint`, then `periderm rules try`.
The tests were derived from the conditions and say no more than these do: add events of your own.
A rule that is switched off here has no test yet, or was switched off there."""
_DERIVED = "derived from the condition; complete it with an event of your own"
_BESIDE = "the same with one thing less"
_NO_TEST = (
    "No test could be derived: write one on which it fires and one on which it stays quiet, then remove 'enabled: false'."
)


class ImportedRule(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one of Falco's rules: `id` is '' if it was not translated, and `reasons` say why."""

    name: str
    id: str = ""
    tested: bool = False
    reasons: tuple[str, ...] = ()


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """The pack as a file, and what became of each rule."""

    rules: tuple[ImportedRule, ...]
    pack: bytes


def import_falco(documents: Documents, names: Sequence[str], output: str = "") -> Imported:
    """Translates what means the same and writes the pack to `output` (if it is not ''). Raises FormatError for what is no
    file of rules, NotFoundError."""
    file = read((name, documents.read(name, LARGEST)) for name in names)
    own = language()
    translated = translate(file, {*own.fields}, _stem(names[0]))
    known, macros, refused = _macros(own, translated.pack)
    rules: list[WrittenRule] = []
    used: set[str] = set()
    imported: dict[str, ImportedRule] = {}
    notes: dict[str, str] = {}
    for written in translated.pack.rules:
        try:
            condition = known.compile(written.condition.text)
        except RuleError as error:
            reason = next((refused[n] for n in refused if n in written.condition.text), str(error))
            imported[written.id] = ImportedRule(name=written.title, reasons=(reason,))
            continue
        tests = _tests(condition)
        if not tests:
            notes[written.id] = _NO_TEST
        rules.append(msgspec.structs.replace(written, tests=tests, enabled=written.enabled and bool(tests)))
        used |= _used(condition)
        imported[written.id] = ImportedRule(name=written.title, id=written.id, tested=bool(tests))
    pack = msgspec.structs.replace(
        translated.pack, rules=tuple(rules), macros=tuple((name, place) for name, place in macros if name in used)
    )
    data = write_rule_pack(pack, _HEAD, notes)
    if output:
        documents.write(output, data)
    return Imported(rules=tuple(_outcome(each, imported) for each in translated.outcomes), pack=data)


def _outcome(outcome: Outcome, imported: dict[str, ImportedRule]) -> ImportedRule:
    made = imported.get(outcome.id)
    if made is None:
        return ImportedRule(name=outcome.name, reasons=outcome.reasons)
    return msgspec.structs.replace(made, name=outcome.name)


def _macros(own: Language, pack: WrittenPack) -> tuple[Language, list[tuple[str, Place]], dict[str, str]]:
    """The language with all macros that it takes, those, and why it does not take the others."""
    taken: list[tuple[str, Place]] = []
    refused: dict[str, str] = {}
    for name, place in pack.macros:
        try:
            own = own.with_macro(name, place)
        except RuleError as error:
            refused[name] = f"macro {name}: {error}"
        else:
            taken.append((name, place))
    return own, taken, refused


def _used(condition: Condition) -> set[str]:
    """The macros that a condition needs, also through others."""
    found: set[str] = set()
    waiting = [condition.node]
    while waiting:
        for name in walk.names(waiting.pop()):
            macro = condition.names.macros.get(name)
            if macro is not None and name not in found:
                found.add(name)
                waiting += [macro.node] if macro.node is not None else []
    return found


def _tests(condition: Condition) -> tuple[WrittenTest, ...]:
    """One test on which it fires and one on which it stays quiet, or none."""
    fires = witness(condition)
    quiet = quiet_beside(condition, fires) if fires else None
    if not fires or quiet is None:
        return ()
    return _test(_DERIVED, fires, fires=True), _test(_BESIDE, quiet, fires=False)


def _test(name: str, given: Given, *, fires: bool) -> WrittenTest:
    return WrittenTest(name, {fact: (_told(value), Place(fact)) for fact, value in given.items()}, fires, Place(name))


def _told(value: object) -> str | list[str] | dict[str, str]:
    if isinstance(value, tuple | list):
        return [str(each) for each in value]
    if isinstance(value, dict):
        return {str(key): str(each) for key, each in value.items()}
    return str(value).lower() if isinstance(value, bool) else str(value)


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0][:60] or "imported"
