"""Where runtime events come from, live or recorded, and what the kernel side can be told to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from periderm.model.event import EventBatch, SensorCapability, SensorCounters, Subject
from periderm.model.shedding import Pressure, ShedCount


class KernelPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What the kernel side does for one subject: `report` sends its events at all; `kill_drift` kills a program from
    the overlay's upper layer at exec; `kill_inodes` are (device, inode) of executables killed at exec; `kill_memory` kills
    what has no file behind it. With `enforce` false nothing is killed and the row carries WOULD_KILL."""

    report: bool = True
    enforce: bool = False
    kill_drift: bool = False
    kill_inodes: tuple[tuple[int, int], ...] = ()
    kill_memory: bool = False


class Sensor(Protocol):
    """A source of event batches. Not thread-safe: one thread reads."""

    def start(self) -> Sequence[SensorCapability]:
        """Load or attach. Raises SensorError with what is missing. Says of each kind of sight whether it works."""
        ...

    def set_subjects(self, subjects: Sequence[Subject]) -> None:
        """The node (first) and all containers that are known now. Rows are attributed by cgroup and mount namespace;
        a namespace that is in no subject is sent all the same, with the node as subject, and counted."""
        ...

    def set_policy(self, subject: Subject, policy: KernelPolicy) -> None:
        """Program the kernel side for one subject; replaces what was there."""
        ...

    def read(self, timeout: float) -> EventBatch:
        """The next batch, empty after `timeout` seconds without one. Raises SensorError, EOFError at a recording's end."""
        ...

    def counters(self) -> SensorCounters:
        """Totals, so that what was not seen is told."""
        ...

    def heartbeat(self) -> None:
        """Keep kernel enforcement alive; without it enforcement ends by itself after the documented time."""
        ...

    def stop(self, *, keep: bool = False) -> None:
        """Detach and unpin. With `keep` the pinned programs go on recording into the ring for the next process."""
        ...


class Shedder(Protocol):
    """A sensor that can give up detail under pressure, in the order of model.shedding."""

    def shed(self, level: int) -> None:
        """0 gives up nothing; MOST_SHED all that may be given up. Holds until the next call."""
        ...

    def shed_counts(self) -> Sequence[ShedCount]:
        """What was not told, by asset and detail; totals that only grow while the kernel side lives."""
        ...

    def pressure(self) -> Pressure:
        """What this process uses and how far it is behind."""
        ...


class KnownBehaviour(Protocol):
    """A sensor whose kernel side can be told what is normal: from then on it is counted there, and told once an hour with its
    count. A behaviour is a number of 64 bits, the same for all replicas of a workload on this node and in every run."""

    @property
    def behaviours(self) -> npt.NDArray[np.uint64]:
        """Of the rows of the batch that was read last, in their order; 0 for a row that cannot be known."""
        ...

    def learn(self, workload_id: str, behaviours: npt.NDArray[np.uint64]) -> None:
        """Known from now on. Of more than the kernel has room for, those that happen least are told again as before."""
        ...

    def unlearn(self, workload_id: str = "") -> None:
        """Everything of this workload ('': of all) is told again."""
        ...

    def learned(self) -> int:
        """How many are known."""
        ...


class Recorder(Protocol):
    """Writes batches into a file that `sensor_replay` reads again."""

    def write(self, batch: EventBatch) -> None:
        """Append; durable when `close` returns."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...
