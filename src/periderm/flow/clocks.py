"""Times of a node as the server's clock would have told them: only those by which it is seen who is alive, which are then never
of the future. Events, alerts and their order keep the node's own times, and a gap says where its clock is off."""

from __future__ import annotations

import msgspec

from periderm.model.asset import Container, Image, Node, Process, User, Workload
from periderm.model.envelope import Heartbeat, Record


def by_our_clock(record: Record, skew: int, now: int) -> Record:
    """`skew` is by how many nanoseconds the node's clock goes before ours, `now` our time."""

    def ours(time: int) -> int:
        return min(now, max(0, time - skew)) if time else 0

    if isinstance(record, Heartbeat):
        time = ours(record.time)
        return record if time == record.time else msgspec.structs.replace(record, time=time)
    if isinstance(record, Node | Image | Container | Workload | Process | User):
        first, last = ours(record.first_seen), ours(record.last_seen)
        same = (first, last) == (record.first_seen, record.last_seen)
        return record if same else msgspec.structs.replace(record, first_seen=first, last_seen=last)
    return record
