"""What is doubtful in a pack of runtime rules although it can be read: what nobody uses, what nobody tests, what costs much.
Pure: the time is given."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import msgspec

from periderm.algorithms.rules import walk
from periderm.algorithms.rules.pack import Pack, Rule
from periderm.algorithms.rules.places import Place
from periderm.engines.runtime.rules.derive import needs_of
from periderm.engines.runtime.rules.needs import ANYWHERE, Need
from periderm.model import attack
from periderm.model.event import EventKind
from periderm.model.event_facts import WORDS

# Of these a busy node makes most of its events: a condition that runs on all of them costs. Connections of containers alone
# are few enough.
FREQUENT = frozenset((EventKind.OPEN, EventKind.FORK, EventKind.EXIT))
RATHER_FREQUENT = frozenset((EventKind.CONNECT, EventKind.ACCEPT, EventKind.DNS))


class Level(enum.StrEnum):
    """An error keeps a pack from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to look at. `line` and `column` count from 1."""

    level: Level
    what: str
    rule: str = ""
    where: str = ""
    line: int = 0
    column: int = 0


def lint(pack: Pack, now: int) -> tuple[Remark, ...]:
    """All remarks on a checked pack, those of its tests included; `now` is Unix nanoseconds."""
    found = [*_unused(pack), *_exceptions(pack, now)]
    for rule in pack.rules:
        found.extend(_rule(rule))
    for failure in pack.run_tests():
        rule = next(rule for rule in pack.rules if rule.id == failure.rule)
        line = int(failure.where.rpartition(":")[2])
        found.append(
            Remark(
                level=Level.ERROR if rule.written.enabled else Level.WARNING,
                what=f"{failure.test}: it {failure.what}.",
                rule=rule.id,
                where=pack.where,
                line=line,
                column=1,
            )
        )
    return tuple(sorted(found, key=lambda remark: (remark.line, remark.column, remark.what)))


def errors(pack: Pack) -> tuple[Remark, ...]:
    """The remarks that keep the pack from being used."""
    return tuple(remark for remark in lint(pack, 0) if remark.level is Level.ERROR)


def _at(level: Level, place: Place, what: str, rule: str = "") -> Remark:
    return Remark(level=level, what=what, rule=rule, where=place.where, line=place.line, column=place.column)


def _unused(pack: Pack) -> Iterator[Remark]:
    written = pack.written
    if written is None:
        return
    used: set[str] = set()
    macros: set[str] = set()
    for rule in pack.rules:
        used.update(walk.names(rule.condition.node))
        macros.update(rule.condition.names.macros)
    if pack.rules:
        known = pack.rules[0].condition.names.macros
        waiting = [name for name in used if name in known]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            node = known[name].node
            inner = set(walk.names(node)) if node is not None else set()
            used |= inner
            waiting.extend(n for n in inner if n in known)
    for name, _, place in written.lists:
        if name not in used:
            yield _at(Level.WARNING, place, f"The list '{name}' is used nowhere.")
    for name, place in written.macros:
        if name not in used:
            yield _at(Level.WARNING, place, f"The macro '{name}' is used nowhere.")


def _exceptions(pack: Pack, now: int) -> Iterator[Remark]:
    for exception in pack.written.exceptions if pack.written else ():
        if now >= exception.expires:
            yield _at(Level.WARNING, exception.place, "This exception is over, and excepts nothing any more.")


def _often(need: Need) -> frozenset[EventKind]:
    return FREQUENT | RATHER_FREQUENT if need.where == ANYWHERE else FREQUENT


def _rule(rule: Rule) -> Iterator[Remark]:
    written = rule.written
    level = Level.ERROR if written.enabled else Level.WARNING
    outcomes = {test.fires for _, test in rule.tests}
    for fires, what in ((True, "on which it fires"), (False, "on which it stays quiet")):
        if fires not in outcomes:
            yield _at(level, written.place, f"The rule has no test {what}.", rule.id)
    for told in written.techniques:
        if not attack.known(told.text):
            yield _at(Level.WARNING, told, f"'{told.text}' is no technique of ATT&CK v{attack.VERSION} known here.", rule.id)
        elif told.text in attack.ALIASES:
            now = attack.ALIASES[told.text]
            yield _at(Level.WARNING, told, f"'{told.text}' is called {now} since ATT&CK v{attack.VERSION}.", rule.id)
    needs = needs_of(rule.condition)
    if not needs:
        yield _at(level, written.condition, "The condition can never be true.", rule.id)
    broad = sorted({WORDS[kind] for need in needs if need.check is None for kind in need.kinds & _often(need)})
    if broad:
        what = f"The condition must be asked for every event of kind {', '.join(broad)}."
        yield _at(Level.WARNING, written.condition, f"{what} Say which kind, path, name or port it is about.", rule.id)
