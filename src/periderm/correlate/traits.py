"""What of an incident decides which alerts are part of it, kept up to date as alerts join: the same answers as
`grouping.belongs` gives of the incident put together again after each. Building one takes milliseconds, and a flood brings
thousands of alerts.

Of an incident with more steps than its chain shows, the traits know also those that it will not show.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from periderm.correlate import grouping
from periderm.correlate.tree import lineage
from periderm.correlate.words import plain
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.incident import Incident, IncidentState


class Known(msgspec.Struct):
    """What a process is told by, of all that describe it: the newest pid (an acting process goes before an ancestor), and the
    earliest start."""

    rank: tuple[bool, int, str]
    pid: int
    started: int
    shared: bool


class Traits:
    """Of one incident. `first`, `last` are its span of time (Unix nanoseconds), `state` its state."""

    def __init__(self, incident: Incident) -> None:
        self.id = incident.id
        self.node_id = incident.node_id
        self.asset_id = incident.asset_id
        self.container_id = incident.container_id
        self.workload_id = incident.workload_id
        self.state = incident.state
        self.first = incident.first_time
        self.last = incident.last_time
        self._steps = {step.alert_id: (step.time, step.process_key) for step in incident.chain}
        self._acted = Counter(step.process_key for step in incident.chain)
        self._detectors = {step.detector for step in incident.chain}
        self._processes: dict[int, Known] = {}
        for process in incident.processes:
            self._see(process, (False, -(2**63), ""))

    @property
    def is_open(self) -> bool:
        """Whether alerts that it does not have may join."""
        return self.state in grouping.OPEN

    def takes(self, alert: Alert) -> bool:
        """Whether the alert is part of this incident: see `grouping.belongs`."""
        if alert.incident_id == self.id or alert.id in self._steps:
            return True
        if not self.is_open:
            return False
        near = self._is_near(alert)
        same = alert.asset_id == self.asset_id and alert.container_id == self.container_id
        if near and same and alert.container_id:
            return True
        line = lineage(alert)
        if alert.node_id == self.node_id and any(self._is_of(process, acted=True) for process in line):
            return True
        if not near or not (same or (alert.workload_id and alert.workload_id == self.workload_id)):
            return False
        alike = not same and alert.detector in self._detectors
        return alike or any(self._is_of(process, acted=False) for process in line if not grouping.is_shared(process))

    def _is_near(self, alert: Alert) -> bool:
        late = alert.time > self.last + grouping.WINDOW_NS
        return not late and max(alert.time, alert.last_time) >= self.first - grouping.WINDOW_NS

    def add(self, alert: Alert) -> None:
        """The alert is part of it from here on; `alert` as it is stored, with what its copies said before."""
        last = max(alert.time, alert.last_time)
        if self.state is IncidentState.RESOLVED and last > self.last:
            self.state = IncidentState.NEW
        self.first, self.last = min(self.first, alert.time), max(self.last, last)
        began = self._steps.get(alert.id)
        if began is None or alert.time < began[0]:
            if began is not None:
                self._acted[began[1]] -= 1
            self._steps[alert.id] = (alert.time, alert.process.key)
            self._acted[alert.process.key] += 1
        self._detectors.add(plain(alert.detector))
        for distance, process in enumerate(lineage(alert)):
            self._see(process, (distance == 0, alert.time, alert.id))

    def _is_of(self, process: ProcessRecord, *, acted: bool) -> bool:
        """Whether the incident has it: as one that acted, or as any that is not the parent of all sessions."""
        known = self._processes.get(process.key)
        if known is None or (known.pid, known.started) != (process.pid, process.started):
            return False
        return (process.key != 0 and self._acted[process.key] > 0) if acted else not known.shared

    def _see(self, process: ProcessRecord, rank: tuple[bool, int, str]) -> None:
        known = self._processes.get(process.key)
        shared = grouping.is_shared(process)
        if known is None:
            self._processes[process.key] = Known(rank, process.pid, process.started, shared)
            return
        if rank >= known.rank:
            known.rank, known.pid, known.shared = rank, process.pid, shared
        if process.started:
            known.started = min(process.started, known.started or process.started)
