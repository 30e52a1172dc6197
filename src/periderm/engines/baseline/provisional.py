"""Behaviour that was learned a short while ago: normal here, but told to nobody yet, and taken back when an alert falls on who
did it. What is told cannot be taken back (a baseline only grows), so nothing of an attack must get that far."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.engines.baseline.evidence import Touch
from periderm.model.behaviour import Behaviour

HOLD_SECONDS = 300


class Pending(msgspec.Struct, array_like=True):
    """`doers` are keys of the processes that did it first, each with those above it; `because` as in Evidence."""

    behaviour: Behaviour
    since: int
    doers: list[int]
    touch: Touch
    examples: tuple[str, ...] = ()


class Provisional:
    """All of one workload."""

    def __init__(self, pending: Iterable[Pending] = ()) -> None:
        self._pending = {each.behaviour: each for each in pending}

    def __contains__(self, behaviour: Behaviour) -> bool:
        return behaviour in self._pending

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, pending: Pending) -> None:
        """It was seen for the first time."""
        self._pending[pending.behaviour] = pending

    def did(self, behaviour: Behaviour, key: int) -> bool:
        """Whether it is provisional, and this process or one below it did it first."""
        pending = self._pending.get(behaviour)
        return pending is not None and key in pending.doers

    def touch(self, behaviour: Behaviour) -> Touch | None:
        """Its counters."""
        pending = self._pending.get(behaviour)
        return None if pending is None else pending.touch

    def withdraw(self, keys: frozenset[int]) -> list[Behaviour]:
        """Takes back what these processes, or others below them, did first."""
        gone = [each.behaviour for each in self._pending.values() if not keys.isdisjoint(each.doers)]
        for behaviour in gone:
            del self._pending[behaviour]
        return gone

    def take(self, behaviour: Behaviour) -> Pending:
        """Takes one out."""
        return self._pending.pop(behaviour)

    def due(self, now: int) -> list[Pending]:
        """Takes out what was held long enough (`now` in Unix seconds)."""
        due = [each for each in self._pending.values() if now - each.since >= HOLD_SECONDS]
        for each in due:
            del self._pending[each.behaviour]
        return due

    def dump(self) -> list[Pending]:
        """All, as a snapshot keeps them."""
        return list(self._pending.values())
