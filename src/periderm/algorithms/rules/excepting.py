"""Exceptions of rules as data: for which values of which facts a rule does not count, why, by whom decided and until when.
The same idea as exceptions of findings (reason, owner, end), with facts in place of a finding's names. Looks at no clock.

A value is a glob for texts ('*' crosses '/' only as '**' in paths), of lists one element is enough; numbers and booleans
must be equal. All fields of one line must match; one line is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from periderm.algorithms.rules.glob import matches
from periderm.algorithms.rules.kinds import Type
from periderm.algorithms.rules.places import Place, nearest, shown

PATHS = frozenset(("path", "raw", "folder", "exe", "script", "parent_exe", "ancestor_exes", "location", "entrypoint", "mounts"))


class WrittenException(msgspec.Struct, frozen=True, kw_only=True):
    """An exception as it was written; `rules` are the ids that it is for (all of the pack if there is none), `expires`
    Unix nanoseconds."""

    id: str
    reason: str
    owner: str
    expires: int
    fields: tuple[Place, ...]
    values: tuple[tuple[Place, ...], ...]
    rules: tuple[Place, ...] = ()
    place: Place


Match = Callable[[Any], bool]


class RuleException(msgspec.Struct, frozen=True):
    """An exception that was checked. `lines`: each a tuple of (field, what its value must be)."""

    written: WrittenException
    lines: tuple[tuple[tuple[str, Match], ...], ...]

    def covers(self, facts: object, now: int) -> bool:
        """Whether these facts are excepted at a time (Unix nanoseconds)."""
        if now >= self.written.expires:
            return False
        return any(all(match(getattr(facts, field)) for field, match in line) for line in self.lines)


def check(written: WrittenException, fields: Mapping[str, Type], rules: set[str]) -> RuleException:
    """The exception. Raises RuleError for an unknown field or rule, a line of another length, a value of another type."""
    for rule in written.rules:
        if rule.text not in rules:
            raise rule.error(0, f"There is no rule '{shown(rule.text)}' in this file.", nearest(rule.text, rules))
    for field in written.fields:
        if field.text not in fields:
            raise field.error(0, f"There is no '{shown(field.text)}'.", nearest(field.text, fields))
    lines = []
    for line in written.values:
        if len(line) != len(written.fields):
            place = line[0] if line else written.place
            raise place.error(0, f"Here {len(written.fields)} values are expected, one for each field, and not {len(line)}.")
        if all(set(value.text) <= set("*/") for value in line):
            raise line[0].error(0, "This excepts everything.", "Say which.")
        pairs = zip(written.fields, line, strict=True)
        lines.append(tuple((field.text, _match(field.text, value, fields[field.text])) for field, value in pairs))
    return RuleException(written, tuple(lines))


def _match(field: str, value: Place, kind: Type) -> Match:
    text, paths = value.text, field in PATHS
    if kind.name == "string":
        return lambda have: matches(have, text, paths)
    if kind.name == "list":
        return lambda have: any(matches(str(each), text, paths) for each in have)
    if kind.name == "bool":
        if text not in ("true", "false"):
            raise value.error(0, f"'{shown(text)}' is neither true nor false.")
        truth = text == "true"
        return lambda have: have is truth
    try:
        number = float(text) if len(text) < 40 else None
    except ValueError:
        number = None
    if number is None or kind.name not in ("int", "double"):
        raise value.error(0, f"'{shown(text)}' is no {kind}, and '{field}' is one.")
    return lambda have: bool(have == number)
