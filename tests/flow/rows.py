"""Event batches written by hand, and a sensor that plays them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from periderm.model.event import EVENT_DTYPE, EventBatch, SensorCapability, SensorCounters, Subject
from periderm.ports.sensor import KernelPolicy
from tests.flow.conftest import CONTAINER, NODE, T0

TEXTS = ("exe", "text", "raw", "args", "comm")


def batch(*rows: dict[str, Any], subjects: Sequence[Subject] = (NODE, CONTAINER)) -> EventBatch:
    """A batch; fields that are not given are 0 or ''. `at` is seconds after T0."""
    strings = [""]
    made = np.zeros(len(rows), EVENT_DTYPE)
    for index, row in enumerate(rows):
        made[index]["count"] = 1
        made[index]["time"] = T0 + int(row.get("at", 0) * 1e9)
        for name, value in row.items():
            if name == "at":
                continue
            if name in TEXTS:
                if value not in strings:
                    strings.append(value)
                made[index][name] = strings.index(value)
            else:
                made[index][name] = value
    return EventBatch(made, tuple(strings), tuple(subjects))


class Player:
    """A sensor that plays batches and notes what it is told; EOFError at the end."""

    def __init__(self, *batches: EventBatch) -> None:
        self.batches = list(batches)
        self.subjects: list[str] = []
        self.policies: dict[str, KernelPolicy] = {}
        self.beats = 0
        self.stopped: bool | None = None

    def start(self) -> Sequence[SensorCapability]:
        return ()

    def set_subjects(self, subjects: Sequence[Subject]) -> None:
        self.subjects = [s.id for s in subjects]

    def set_policy(self, subject: Subject, policy: KernelPolicy) -> None:
        self.policies[subject.id] = policy

    def read(self, timeout: float) -> EventBatch:
        if not self.batches:
            raise EOFError
        return self.batches.pop(0)

    def counters(self) -> SensorCounters:
        return SensorCounters()

    def heartbeat(self) -> None:
        self.beats += 1

    def stop(self, *, keep: bool = False) -> None:
        self.stopped = keep
