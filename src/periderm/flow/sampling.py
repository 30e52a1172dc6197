"""Looks every few seconds at what running processes use, and says for each program of each container what its heaviest process
uses. Judges nothing; `flow.baselining` gives the samples to the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from periderm.model.asset import Container, Node
from periderm.model.event import Subject
from periderm.model.resource_sample import ResourceSample
from periderm.ports.clock import Clock
from periderm.ports.resources import ProcessUse, ResourceLook

PERIOD_NS = 10 * 10**9
MOST_SAMPLES = 4_000
_FIGURES = ("cpu", "memory", "files", "children")


class Sampling:
    """One thread calls it."""

    def __init__(
        self, node: Node, look: ResourceLook, give: Callable[[tuple[ResourceSample, ...]], None], clock: Clock
    ) -> None:
        self._node = node
        self._look = look
        self._give = give
        self._clock = clock
        self._looked = -PERIOD_NS

    def step(self, running: Iterable[Container]) -> None:
        """Looks, if it is time."""
        now = self._clock.monotonic()
        if now - self._looked < PERIOD_NS:
            return
        self._looked = now
        if samples := samples_of(self._look.look(), self._node, running, self._clock.now()):
            self._give(samples)


def samples_of(uses: Sequence[ProcessUse], node: Node, running: Iterable[Container], time: int) -> tuple[ResourceSample, ...]:
    """For each figure of each program of each subject its heaviest process: one that leads in several is told once, and the
    figures in which another one leads are -1. Whose a process is, its mount namespace says."""
    subjects: dict[int, Subject] = {c.mount_namespace: c for c in running if c.mount_namespace}
    subjects.pop(node.mount_namespace, None)
    leaders: dict[tuple[str, str, str], tuple[ProcessUse, Subject]] = {}
    for use in uses:
        subject = subjects.get(use.mount_namespace, node)
        for name in _FIGURES:
            figure = getattr(use, name)
            if figure < 0:
                continue
            place = subject.id, use.program, name
            leader = leaders.get(place)
            if leader is None or getattr(leader[0], name) < figure:
                leaders[place] = use, subject
    samples: dict[tuple[str, str, int], ResourceSample] = {}
    for (subject_id, program, name), (use, subject) in leaders.items():
        key = subject_id, program, use.key
        sample = samples.get(key)
        if sample is None:
            if len(samples) >= MOST_SAMPLES:
                continue
            sample = ResourceSample(subject=subject, program=program, time=time, pid=use.pid, process=use.key, user=use.user)
        samples[key] = msgspec.structs.replace(sample, **{name: getattr(use, name)})
    return tuple(samples.values())
