"""Whose row is it: asks the container runtimes at once about a mount namespace that nobody has told of yet.

So the first program of a new container is already judged as the container's, and its policy is in the kernel before its
second one. The sensor attributes what it knows; this stage only closes the gap until it knows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from periderm.model.asset import Container, Node
from periderm.model.event import EventBatch, EventFlag, Rows, Subject
from periderm.ports.clock import Clock
from periderm.ports.containers import ContainerRuntime

MOST_SUBJECTS = 20_000
FIRST_PAUSE_NS = 20 * 10**6
LONGEST_PAUSE_NS = 5 * 10**9
ASKED_AT_ONCE = 3
MOST_FOREIGN = 64


class Attribution:
    """`running` are the containers that are known now, by asset id. One thread uses it."""

    def __init__(self, node: Node, runtimes: Sequence[ContainerRuntime], clock: Clock) -> None:
        self.node = node
        self._runtimes = runtimes
        self._clock = clock
        self._strangers: dict[int, tuple[int, int]] = {}
        self.running: dict[str, Container] = {}

    def subjects(self) -> list[Subject]:
        """The node, then all containers."""
        return [self.node, *self.running.values()]

    def replace(self, running: Sequence[Container]) -> bool:
        """All containers that run now; whether that is news."""
        subjects = {c.id: c for c in running[:MOST_SUBJECTS]}
        changed = subjects != self.running
        self.running = subjects
        return changed

    def apply(self, batch: EventBatch) -> tuple[EventBatch, list[Container]]:
        """(the batch with all subjects that can be found, containers that were found by this)."""
        batch, found = self._reused(batch)
        rows = batch.rows
        unknown = (rows["subject"] == 0) & (rows["mntns"] != self.node.mount_namespace) & (rows["mntns"] != 0)
        if not unknown.any():
            return batch, found
        now = self._clock.monotonic()
        for space in np.unique(rows["mntns"][unknown]).tolist():
            again, pause = self._strangers.get(space, (0, FIRST_PAUSE_NS))
            if now < again or any(c.mount_namespace == space for c in self.running.values()):
                continue
            container = self._identify(rows["pid"][unknown & (rows["mntns"] == space)].tolist())
            if container is None:
                # A runtime may write its record a moment after the first program; a private namespace of the host never
                # gets one. So it is asked again soon, and then ever more rarely.
                if len(self._strangers) > MOST_SUBJECTS:
                    self._strangers.clear()
                self._strangers[space] = (now + pause, min(LONGEST_PAUSE_NS, 2 * pause))
                continue
            self._strangers.pop(space, None)
            self.running[container.id] = container
            found.append(container)
        return self._patch(batch, unknown), found

    def _reused(self, batch: EventBatch) -> tuple[EventBatch, list[Container]]:
        """The kernel gives the number of an ended container's namespace to the next one. Until somebody has noticed, the
        new one's rows look as if a stranger had entered the old one: whoever is there by its own cgroup is at home."""
        foreign = (batch.rows["flags"] & EventFlag.FOREIGN != 0) & (batch.rows["subject"] > 0)
        if not foreign.any():
            return batch, []
        rows: Rows = batch.rows.copy()
        subjects = list(batch.subjects)
        found: list[Container] = []
        for space, cgroup in {(int(r["mntns"]), int(r["cgroup"])) for r in rows[foreign][:MOST_FOREIGN]}:
            here = foreign & (rows["mntns"] == space) & (rows["cgroup"] == cgroup)
            container = self._identify(rows["pid"][here].tolist())
            if container is None or (container.mount_namespace, container.cgroup) != (space, cgroup):
                continue
            if container.id not in self.running:
                self.running = {i: c for i, c in self.running.items() if c.mount_namespace != space}
                self.running[container.id] = container
                found.append(container)
            rows["subject"][here] = len(subjects)
            rows["flags"][here] &= ~np.uint32(EventFlag.FOREIGN)
            subjects.append(container)
        return EventBatch(rows, batch.strings, tuple(subjects), batch.generation), found

    def _identify(self, pids: Sequence[int]) -> Container | None:
        """By the latest processes: the earliest have often ended."""
        for pid in list(dict.fromkeys(reversed(pids)))[:ASKED_AT_ONCE]:
            for runtime in self._runtimes:
                container = runtime.identify(pid)
                if container is not None:
                    return container
        return None

    def _patch(self, batch: EventBatch, unknown: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> EventBatch:
        by_space = {c.mount_namespace: c for c in self.running.values() if c.mount_namespace}
        rows: Rows = batch.rows.copy()
        subjects = list(batch.subjects)
        for space in np.unique(rows["mntns"][unknown]).tolist():
            container = by_space.get(space)
            if container is not None:
                rows["subject"][unknown & (rows["mntns"] == space)] = len(subjects)
                subjects.append(container)
        return EventBatch(rows, batch.strings, tuple(subjects), batch.generation)
