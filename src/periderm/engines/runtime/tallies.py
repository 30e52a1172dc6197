"""Counts distinct things within a time, so that a detector can see a burst: many ports, many names, many commands.

Bounded: the oldest count goes when there are too many, and a count stops growing at MOST_MEMBERS. Time comes from events.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.model.text import encodable

MOST_TALLIES = 4_096
MOST_MEMBERS = 1_024
NS = 1_000_000_000


class Tally(msgspec.Struct):
    """Members of one count with the time at which each was last seen, the least recent first."""

    bucket: str
    scope: str
    members: dict[str, int]


class Tallies:
    """All counts, the least recently used first."""

    def __init__(self, most: int = MOST_TALLIES, members: int = MOST_MEMBERS) -> None:
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._most = most
        self._members = members

    def add(self, bucket: str, scope: str, member: str, time: int, seconds: float) -> int:
        """Adds a member and says how many different ones were seen within the last `seconds`, this one included."""
        # Names come from attackers: what is no UTF-8 could not be kept with the rest of the state.
        bucket, scope, member = encodable(bucket), encodable(scope), encodable(member)
        tally = self._tallies.pop((bucket, scope), None) or Tally(bucket, scope, {})
        self._tallies[bucket, scope] = tally
        if len(self._tallies) > self._most:
            del self._tallies[next(iter(self._tallies))]
        members = tally.members
        members.pop(member, None)
        members[member] = time
        oldest = time - int(seconds * NS)
        while members:
            first = next(iter(members))
            if members[first] >= oldest and len(members) <= self._members:
                break
            del members[first]
        return len(members)

    def dump(self) -> list[Tally]:
        """All counts, the least recently used first."""
        return list(self._tallies.values())

    def load(self, tallies: Iterable[Tally]) -> None:
        """Replaces all."""
        self._tallies = {(tally.bucket, tally.scope): tally for tally in tallies}
