"""Rows that the sensor does not send: what was found by looking at the machine, and that a container is there at all.

They are events like all others: recorded, judged and told by the same stages. Judges nothing itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from periderm.model.asset import Container, Node
from periderm.model.event import EVENT_DTYPE, OWN_TABLES, Event, EventBatch, EventFlag, EventKind, Subject
from periderm.model.ids import stable_id

FIRST_GENERATION = OWN_TABLES
MOST_MET = 20_000
_TEXTS = ("exe", "text", "raw", "comm")
_NUMBERS = (
    "time", "process", "parent", "cgroup", "inode", "arg0", "arg1", "pid", "ppid", "uid", "gid", "device", "mntns", "flags",
    "ret", "count", "port", "family", "kind", "origin",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Observed:
    """Events that somebody else than the sensor saw."""

    events: tuple[Event, ...]


def batch_of(node: Node, events: Sequence[Event], generation: int) -> EventBatch:
    """The events as one batch with a table of strings of its own; `generation` must not have been used before."""
    strings: dict[str, int] = {"": 0}
    places: dict[str, int] = {node.id: 0}
    subjects: list[Subject] = [node]
    rows = np.zeros(len(events), EVENT_DTYPE)
    for index, event in enumerate(events):
        if event.subject.id not in places:
            places[event.subject.id] = len(subjects)
            subjects.append(event.subject)
        rows["subject"][index] = places[event.subject.id]
        for name in _TEXTS:
            rows[name][index] = strings.setdefault(getattr(event, name), len(strings))
        rows["args"][index] = strings.setdefault("\0".join(event.argv), len(strings))
        for name in _NUMBERS:
            rows[name][index] = int(getattr(event, name))
    return EventBatch(rows, tuple(strings), tuple(subjects), generation)


class Meeting:
    """Remembers which containers were met, so that each is told once."""

    def __init__(self) -> None:
        self._met: dict[str, None] = {}
        self.generation = FIRST_GENERATION

    def meet(self, containers: Iterable[Container], now: int, *, existing: bool = False) -> list[Event]:
        """One CONTAINER row for each that is new. `existing`: it ran before the agent came."""
        rows = []
        for container in containers:
            if container.id in self._met:
                continue
            self._met[container.id] = None
            if len(self._met) > MOST_MET:
                del self._met[next(iter(self._met))]
            rows.append(container_row(container, now, EventFlag.FROM_PROC if existing else EventFlag(0)))
        return rows


def container_row(container: Container, now: int, flags: EventFlag) -> Event:
    """A container was seen for the first time. Its first process may have been seen under a key of the kernel's, which is
    not known here: the row has a key of its own, made of the container's id."""
    command = container.command
    return Event(
        kind=EventKind.CONTAINER,
        subject=container,
        time=now,
        process=int(stable_id("ctr", container.id)[4:19], 16) | 1 << 62,
        pid=container.pid,
        exe=command[0] if command else "",
        text=container.name,
        raw=container.image_name,
        argv=command,
        cgroup=container.cgroup,
        mntns=container.mount_namespace,
        flags=flags,
    )
