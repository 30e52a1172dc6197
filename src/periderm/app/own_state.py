"""What an agent or a scan worker says of itself on its own machine: figures for a scraper, and whether it lives and can do its
work. Reads values that others keep; opens nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

from periderm.app.figures import SAID, build
from periderm.app.meters import Meters
from periderm.app.readiness import Readiness
from periderm.flow.outbox import DETAIL, GROUP, TOPIC, Outbox
from periderm.flow.steady import unwell
from periderm.formats.prometheus_text import write
from periderm.model.errors import BusError
from periderm.model.metric import Family, MetricKind, Sample, one
from periderm.ports.bus import Bus
from periderm.ports.clock import Clock

STALE_NS = 120 * 10**9  # a main loop that did not turn for so long hangs
OK = "ok"
_GAUGE, _COUNTER = MetricKind.GAUGE, MetricKind.COUNTER


@dataclasses.dataclass(frozen=True, slots=True)
class OwnState:
    """One process's. `said` is what its heartbeat says, `dropped` what it gave up by cause, `turned` when its main loop last
    turned (monotonic nanoseconds, 0: not yet), `ends` when its certificate ends (Unix nanoseconds, 0: it has none),
    `spool_bytes` what its spool takes on disk. `token` lets a scraper in, `open_to_all` whether it needs none."""

    clock: Clock
    meters: Meters
    outbox: Outbox
    bus: Bus
    said: Callable[[], Mapping[str, float]]
    turned: Callable[[], int]
    dropped: Callable[[], Mapping[str, int]] = dict
    ends: Callable[[], int] = lambda: 0
    spool_bytes: Callable[[], int] = lambda: 0
    token: str = ""
    open_to_all: Callable[[], bool] = lambda: False

    def lives(self) -> bool:
        """Whether the main loop turns: one that hangs has to be started anew. While it comes up it counts as living."""
        turned = self.turned()
        return not turned or self.clock.monotonic() - turned < STALE_NS

    def readiness(self) -> Readiness:
        """By part. That the server is away is said and is no reason to be unready: detection goes on, and what it has to say
        waits in the spool. Nor is a loop that had a fault: it has begun again."""
        checks = {"loop": OK if self.turned() else "starting", "spool": OK, "certificate": OK}
        if not self.lives():
            checks["loop"] = "hangs"
        try:
            self.bus.pending(TOPIC, GROUP)
        except BusError:
            checks["spool"] = "does not answer"
        if self.outbox.holding:
            checks["spool"] = "cannot write"
        ends = self.ends()
        if not ends:
            del checks["certificate"]
        elif ends <= self.clock.now():
            checks["certificate"] = "has ended"
        ready = all(said == OK for said in checks.values())
        checks["background"] = unwell() or OK
        checks["server"] = OK if self.outbox.reached else "does not answer"
        return Readiness(ready=ready, checks=checks)

    def figures(self) -> bytes:
        """All in Prometheus' text format."""
        return write([*build(), *self.meters.families(), *self._said(), *self._spool(), *self._server()])

    def _said(self) -> Iterator[Family]:
        told = self.said()
        for name, value in told.items():
            if name in SAID:
                yield one(*SAID[name], value)
        lost = self.dropped()
        if lost:
            meaning = "What this process could not keep, look at or tell, by cause."
            samples = tuple(Sample(float(count), (("cause", cause),)) for cause, count in sorted(lost.items()))
            yield Family(name="periderm_dropped_total", kind=_COUNTER, meaning=meaning, samples=samples)

    def _spool(self) -> Iterator[Family]:
        counts: list[Sample] = []
        for topic, what in ((TOPIC, "matters"), (DETAIL, "detail")):
            try:
                counts.append(Sample(float(self.bus.pending(topic, GROUP)), (("kind", what),)))
            except BusError:
                continue
        waits = "Messages that the server has not taken yet: what matters, and detail."
        yield Family(name="periderm_spool_messages", kind=_GAUGE, meaning=waits, samples=tuple(counts))
        yield one("periderm_spool_size_bytes", _GAUGE, "Bytes of the spool on disk.", self.spool_bytes())
        oldest, since = self.outbox.oldest() / 1e9, "When the oldest that waits was put there; 0: nothing waits."
        yield one("periderm_spool_oldest_timestamp_seconds", _GAUGE, since, oldest)
        shed = (Sample(float(self.outbox.shed), (("kind", "detail"),)), Sample(float(self.outbox.lost), (("kind", "matters"),)))
        gave = "Records that were given up because the spool was full, and of which the server was not told yet."
        yield Family(name="periderm_spool_shed_records", kind=_GAUGE, meaning=gave, samples=shed)

    def _server(self) -> Iterator[Family]:
        yield one("periderm_server_reached", _GAUGE, "1 if the server answered when it was last asked.", self.outbox.reached)
        took = "When the server last took what was sent; 0: not since the start."
        acknowledged = self.outbox.acknowledged / 1e9
        yield one("periderm_server_acknowledged_timestamp_seconds", _GAUGE, took, acknowledged)
        if ends := self.ends():
            yield one("periderm_certificate_end_timestamp_seconds", _GAUGE, "When this machine's certificate ends.", ends / 1e9)
