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
MOST_ENTERED = 4_096
_RUNTIMES = ("runc", "crun", "conmon", "podman", "containerd", "dockerd", "youki", "runsc")
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Attribution:
    """`running` are the containers that are known now, by asset id. One thread uses it."""

    def __init__(self, node: Node, runtimes: Sequence[ContainerRuntime], clock: Clock) -> None:
        self.node = node
        self._runtimes = runtimes
        self._clock = clock
        self._strangers: dict[int, tuple[int, int]] = {}
        self._entered: dict[int, None] = {}  # processes that were seen in a container that runs and is not theirs
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
        batch, found, hosts = self._reused(batch)
        rows = batch.rows
        unknown = (rows["subject"] == 0) & ~hosts & (rows["mntns"] != self.node.mount_namespace) & (rows["mntns"] != 0)
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

    def _reused(self, batch: EventBatch) -> tuple[EventBatch, list[Container], Mask]:
        """The kernel gives the number of an ended container's namespace to the next one. Until somebody has noticed, the
        new one's rows look as if a stranger had entered the old one: whoever is there by its own cgroup is at home."""
        foreign = (batch.rows["flags"] & EventFlag.FOREIGN != 0) & (batch.rows["subject"] > 0)
        hosts = np.zeros(len(batch.rows), np.bool_)
        if not foreign.any():
            return batch, [], hosts
        rows: Rows = batch.rows.copy()
        subjects = list(batch.subjects)
        found: list[Container] = []
        hosts = self._before(batch, foreign)
        rows["subject"][hosts] = 0
        rows["flags"][hosts] &= ~np.uint32(EventFlag.FOREIGN)
        foreign &= ~hosts
        for space, cgroup in {(int(r["mntns"]), int(r["cgroup"])) for r in rows[foreign][:MOST_FOREIGN]}:
            here = foreign & (rows["mntns"] == space) & (rows["cgroup"] == cgroup)
            container = self._identify(rows["pid"][here].tolist())
            if container is None or (container.mount_namespace, container.cgroup) != (space, cgroup):
                hosts |= self._nobodys(rows, here, space)
                continue
            if container.id not in self.running:
                self.running = {i: c for i, c in self.running.items() if c.mount_namespace != space}
                self.running[container.id] = container
                found.append(container)
            rows["subject"][here] = len(subjects)
            rows["flags"][here] &= ~np.uint32(EventFlag.FOREIGN)
            subjects.append(container)
        return EventBatch(rows, batch.strings, tuple(subjects), batch.generation), found, hosts

    @staticmethod
    def _before(batch: EventBatch, foreign: Mask) -> Mask:
        """Rows of strangers from before the container began, the runtime's own aside: whoever had the number until then."""
        began = np.array([s.started if isinstance(s, Container) else 0 for s in batch.subjects], np.int64)
        early: Mask = foreign & (batch.rows["time"] < began[batch.rows["subject"]])
        for index in np.flatnonzero(early).tolist():
            name = batch.strings[int(batch.rows["exe"][index])].rpartition("/")[2]
            early[index] = not name.startswith(_RUNTIMES)
        return early

    def _nobodys(self, rows: Rows, here: Mask, space: int) -> Mask:
        """Those of the rows that are the host's: the number may also have gone to a namespace of its own (a service with a
        private /tmp, a tool that mounts). Of a container whose first process has ended only who was seen inside before, and
        those below him, are still there."""
        outside = np.zeros(len(rows), np.bool_)
        old = next((c for c in self.running.values() if c.mount_namespace == space), None)
        if old is None or not old.pid:
            return outside
        first = self._identify((old.pid,))
        if first is None or first.id != old.id:
            known = np.array(list(self._entered), rows["process"].dtype)
            inside = np.isin(rows["process"], known) | np.isin(rows["parent"], known)
            outside = here & ~inside
            rows["subject"][outside] = 0
            rows["flags"][outside] &= ~np.uint32(EventFlag.FOREIGN)
            here = here & inside
        self._entered.update(dict.fromkeys(np.unique(rows["process"][here]).tolist()))
        while len(self._entered) > MOST_ENTERED:
            del self._entered[next(iter(self._entered))]
        return outside

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
