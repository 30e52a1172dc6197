"""What must hold of a row for a condition to be true: kinds, where, and one check that the prefilter can make. Values and how
they join; which check a fact allows is told by `columns`, how a condition is taken apart by `derive`.

A need may be true of too many rows, and never of too few. Several needs are alternatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from periderm.engines.runtime.judging import Interest, Where
from periderm.model.event import EventFlag, EventKind

ALL_KINDS = frozenset(k for k in EventKind if k is not EventKind.NONE)
NODE, CONTAINER, ANYWHERE = Where.NODE.value, Where.CONTAINER.value, Where.ANYWHERE.value
MOST_NEEDS = 64
MOST_PORTS = 4_096


class Check(NamedTuple):
    """Any of these, as an `Interest` has them. `rank` is higher for what few rows meet."""

    rank: int
    text: frozenset[str] = frozenset()
    args: frozenset[str] = frozenset()
    exe: frozenset[str] = frozenset()
    flags: int = 0
    arg0: int = 0
    ports: frozenset[int] = frozenset()
    drifted: bool = False
    copied_shell: bool = False


class Need(NamedTuple):
    """A row of one of these kinds, at one of these places (bits of `Where`), that passes the check (None: any)."""

    kinds: frozenset[EventKind] = ALL_KINDS
    where: int = ANYWHERE
    check: Check | None = None


Needs = tuple[Need, ...]
ANY: Needs = (Need(),)
NEVER: Needs = ()


def of_kinds(kinds: Iterable[EventKind], check: Check | None = None, where: int = ANYWHERE) -> Needs:
    """One need, none if there are no kinds."""
    chosen = frozenset(kinds)
    return (Need(chosen, where, check),) if chosen else NEVER


def either(parts: Iterable[Needs]) -> Needs:
    """Where one of the conditions must hold."""
    return _merged(need for part in parts for need in part)


def both(parts: Sequence[Needs]) -> Needs:
    """Where all of the conditions must hold: of two checks the rarer one is made."""
    found = ANY
    for part in parts:
        if len(found) * len(part) > MOST_NEEDS * 4:
            found = found if _worst(found) >= _worst(part) else part
        else:
            found = _merged(met for one in found for other in part if (met := _meet(one, other)) is not None)
    return found


def interests(needs: Needs) -> tuple[Interest, ...]:
    """The needs as a detector tells them."""
    return tuple(
        Interest(
            kinds=tuple(sorted(need.kinds)),
            where=Where(need.where),
            text=tuple(sorted(need.check.text)) if need.check else (),
            args=tuple(sorted(need.check.args)) if need.check else (),
            exe=tuple(sorted(need.check.exe)) if need.check else (),
            flags=EventFlag(need.check.flags if need.check else 0),
            arg0=need.check.arg0 if need.check else 0,
            ports=need.check.ports if need.check else frozenset(),
            drifted=need.check is not None and need.check.drifted,
            copied_shell=need.check is not None and need.check.copied_shell,
        )
        for need in needs
    )


def _worst(needs: Needs) -> int:
    return min((need.check.rank if need.check else 0 for need in needs), default=1_000)


def _meet(one: Need, other: Need) -> Need | None:
    kinds, where = one.kinds & other.kinds, one.where & other.where
    if not kinds or not where:
        return None
    checks = [check for check in (one.check, other.check) if check is not None]
    return Need(kinds, where, max(checks, key=lambda check: check.rank) if checks else None)


def _merged(needs: Iterable[Need]) -> Needs:
    """One need for each set of kinds and places; beyond MOST_NEEDS, one for all."""
    found: dict[tuple[frozenset[EventKind], int], Need] = {}
    for need in needs:
        key = (need.kinds, need.where)
        before = found.get(key)
        found[key] = need if before is None else Need(*key, _any(before.check, need.check))
    if len(found) > MOST_NEEDS:
        kinds = frozenset(kind for need in found.values() for kind in need.kinds)
        return (Need(kinds),)
    return tuple(found.values())


def _any(one: Check | None, other: Check | None) -> Check | None:
    if one is None or other is None:
        return None
    return Check(
        min(one.rank, other.rank),
        one.text | other.text,
        one.args | other.args,
        one.exe | other.exe,
        one.flags | other.flags,
        one.arg0 | other.arg0,
        one.ports | other.ports,
        one.drifted or other.drifted,
        one.copied_shell or other.copied_shell,
    )
