"""What the machine shows when it is looked at, once a minute, as rows like those of the sensor. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from periderm.flow.observed import Observed
from periderm.model.asset import Node
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.ids import stable_id
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.host_state import BusyProcess, HostFinding, HostLook

PERIOD_NS = 60 * 10**9
MOST_TOLD = 4_096


class HostLooks:
    """One thread calls it. A finding is told when it is new, and again only after it was gone."""

    def __init__(self, node: Node, host: HostLook, give: Callable[[Observed], None], clock: Clock) -> None:
        self._node = node
        self._host = host
        self._give = give
        self._clock = clock
        self._looked = -PERIOD_NS
        self._told: set[tuple[str, str]] = set()
        self._blind_told = False

    def step(self) -> None:
        """Looks, if a minute has passed."""
        now = self._clock.monotonic()
        if now - self._looked < PERIOD_NS:
            return
        self._looked = now
        found = self._host.look()[:MOST_TOLD]
        new = [finding for finding in found if (finding.state.value, finding.name) not in self._told]
        self._told = {(finding.state.value, finding.name) for finding in found}
        rows = tuple(self._finding(finding) for finding in new) + tuple(self._busy(process) for process in self._host.busy())
        if rows:
            self._give(Observed(rows))

    def blind(self) -> Sequence[Text]:
        """What cannot be looked at here; told once."""
        if self._blind_told:
            return ()
        self._blind_told = True
        return self._host.blind()

    def _finding(self, finding: HostFinding) -> Event:
        return Event(
            kind=EventKind.HOST_STATE,
            subject=self._node,
            time=self._clock.now(),
            process=int(stable_id("hst", self._node.id)[4:19], 16) | 1 << 62,
            text=finding.name,
            raw=finding.state.value,
            argv=finding.details,
            arg0=finding.number,
            flags=EventFlag.FROM_PROC,
        )

    def _busy(self, process: BusyProcess) -> Event:
        """Its container is found by its mount namespace, as for rows of the sensor."""
        return Event(
            kind=EventKind.CPU_USE,
            subject=self._node,
            time=self._clock.now(),
            process=process.key,
            pid=process.pid,
            uid=process.uid,
            exe=process.executable.removesuffix(" (deleted)"),
            arg0=process.percent,
            arg1=process.seconds,
            mntns=process.mount_namespace,
        )
