"""The scan worker's loop: takes one image after the other, scans it, makes the result durable. Judges nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable

from periderm.flow.outbox import Outbox
from periderm.model.envelope import Heartbeat, ScanRequest, ScanResult
from periderm.model.errors import ConnectError, DeniedError, PeridermError
from periderm.ports.clock import Clock
from periderm.ports.uplink import Uplink

Scan = Callable[[ScanRequest], ScanResult]

IDLE_SECONDS = 1.0
HEARTBEAT_NS = 10 * 10**9


class Worker:
    """`scan` raises PeridermError for an image that cannot be read: that is a result too, with `failure` set."""

    def __init__(self, uplink: Uplink, outbox: Outbox, clock: Clock, scan: Scan, heartbeat: Heartbeat) -> None:
        self._uplink = uplink
        self._outbox = outbox
        self._clock = clock
        self._scan = scan
        self._heartbeat = heartbeat
        self._beat_at = 0
        self._scans = 0

    def step(self) -> bool:
        """Scans one image; False if none waits. Raises ConnectError."""
        request = self._uplink.take_scan(self._heartbeat.node_id)
        if request is None:
            return False
        began = self._clock.monotonic()
        try:
            result = self._scan(request)
        except PeridermError as error:
            result = ScanResult(
                image_digest=request.image_digest,
                node_id=request.node_id,
                time=self._clock.now(),
                seconds=(self._clock.monotonic() - began) / 1e9,
                findings=(),
                failure=str(error),
            )
        self._scans += 1
        self._outbox.put([result])
        return True

    def beat(self) -> None:
        """Tells that it is alive, every ten seconds."""
        now = self._clock.monotonic()
        if now - self._beat_at >= HEARTBEAT_NS or not self._beat_at:
            self._beat_at = now
            beat = Heartbeat(
                role=self._heartbeat.role,
                node_id=self._heartbeat.node_id,
                pid=self._heartbeat.pid,
                version=self._heartbeat.version,
                time=self._clock.now(),
                figures={"scans": float(self._scans)},
            )
            self._outbox.put([beat])

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; a server that does not answer is asked again, more slowly."""
        pause = IDLE_SECONDS
        while not stop.is_set():
            try:
                self.beat()
                busy = self.step()
                pause = IDLE_SECONDS
            except (ConnectError, DeniedError):
                busy = False
                pause = min(10.0, pause * 2)
            if not busy:
                stop.wait(pause)
