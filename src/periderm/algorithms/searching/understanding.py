"""A search that was read, understood: fields by their first names, severities as numbers, times as moments.

Knows which fields there are and which family has them; looks no name up.
"""

from __future__ import annotations

import difflib

from periderm.algorithms.searching.moments import moment
from periderm.algorithms.searching.reading import QUOTES, wrong
from periderm.model.errors import UsageError
from periderm.model.search import Compare, Condition, Either, Every, Family, Match, Not, Word, needed, terms
from periderm.model.search_fields import BY_NAME, Field, Takes, knows
from periderm.model.severity import Severity

_COMPARED = (Takes.LEVEL, Takes.TIME, Takes.NUMBER)
_LARGEST = 2**63 - 1


def understand(condition: Condition, now: int) -> Condition:
    """The same with what its values mean. Raises UsageError for a field or value that there is not."""
    match condition:
        case Word():
            return condition
        case Match():
            return _match(condition, now)
        case Not(of=inner):
            return Not(understand(inner, now))
        case Every(of=several):
            return Every(tuple(understand(one, now) for one in several))
        case Either(of=several):
            return Either(tuple(understand(one, now) for one in several))


def unknown_to(condition: Condition, family: Family) -> str:
    """The first field that things of this family do not have, '' if there is none such."""
    named = (term.field for term in terms(condition) if isinstance(term, Match))
    return next((name for name in named if not knows(family, name)), "")


def families_of(condition: Condition) -> tuple[Condition, tuple[Family, ...]]:
    """The condition without `in:`, and the families that it names (all, if none is). `in:` stands at the top only: raises
    UsageError for one that is within something else."""
    asked: list[Family] = []
    rest: list[Condition] = []
    refused: set[Family] = set()
    for part in needed(condition):
        inner = part.of if isinstance(part, Not) else part
        if isinstance(inner, Match) and inner.field == "in":
            (refused.update if isinstance(part, Not) else asked.extend)(Family(v) for v in inner.values)
            continue
        for term in terms(part):
            if isinstance(term, Match) and term.field == "in":
                raise wrong(term.at - 1, "`in:` says where to look in all", "Let it stand by itself, outside of brackets.")
        rest.append(part)
    chosen = tuple(f for f in Family if (not asked or f in asked) and f not in refused and f is not Family.EVENT)
    return Every(tuple(rest)), chosen


def _match(found: Match, now: int) -> Condition:
    field = BY_NAME.get(found.field)
    at = found.at - 1
    if field is None:
        near = difflib.get_close_matches(found.field, BY_NAME, 1)
        meant = f"Did you mean `{near[0]}:`? " if near else ""
        raise wrong(at, f"There is no field `{found.field}`", meant + QUOTES)
    if found.compare is not Compare.IS and field.takes not in _COMPARED:
        raise wrong(at, f"`{field.name}` cannot be compared with `{found.compare.value}`", f"Say `{field.name}:VALUE`.")
    values = tuple(_value(field, value, at, now) for value in found.values)
    if field.name in ("since", "until"):
        if found.compare is not Compare.IS or len(values) != 1:
            raise wrong(at, f"`{field.name}` takes one time", f"Say `{field.name}:2h`.")
        return Match("time", values, Compare.LEAST if field.name == "since" else Compare.LESS, found.at)
    return Match(field.name, values, found.compare, found.at)


def _value(field: Field, value: str, at: int, now: int) -> str:
    match field.takes:
        case Takes.NAME:
            return value
        case Takes.TIME:
            try:
                return str(moment(value, now))
            except UsageError as error:
                raise wrong(at, error.what.rstrip("."), error.next_step) from None
        case Takes.NUMBER:
            if not (value.isascii() and value.isdigit() and int(value[:20]) <= _LARGEST and len(value) < 20):
                raise wrong(at, f"`{field.name}` takes a number, not {value[:40]!r}", f"Say `{field.name}:0`.")
            return value
        case Takes.PAIR:
            if "=" not in value.strip("="):
                raise wrong(at, f"A label is KEY=VALUE, not {value[:40]!r}", f"Say `{field.name}:team=payments`.")
            return value
        case Takes.LEVEL | Takes.CHOICE:
            chosen = value.lower()
            if chosen not in field.choices:
                near = difflib.get_close_matches(chosen, field.choices, 1)
                meant = f"Did you mean `{near[0]}`? " if near else ""
                said = f"`{field.name}` is never {value[:40]!r}"
                raise wrong(at, said, f"{meant}It is one of {', '.join(field.choices)}.")
            return str(int(Severity[chosen.upper()])) if field.takes is Takes.LEVEL else chosen
