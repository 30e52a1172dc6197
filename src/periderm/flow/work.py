"""The scan worker's loop: takes one image after the other, scans it while it renews its lease, makes the result durable.
Where none waits it waits for the server's word.

Judges nothing. A worker whose lease is over, or that is told to stop, ends the scan within a second or two.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import msgspec

from periderm.flow.awaiting import WAIT_SECONDS, Awaiting
from periderm.flow.backoff import Backoff
from periderm.flow.hold import Hold, ScanEndedError
from periderm.flow.outbox import Outbox
from periderm.flow.progress import Progress, quiet
from periderm.flow.tracing import span
from periderm.model.envelope import Heartbeat, ScanRequest, ScanResult
from periderm.model.errors import ConnectError, DeniedError, ImageSourceError, PeridermError, SandboxError, StoreError
from periderm.model.queue import Asked
from periderm.ports.clock import Clock
from periderm.ports.uplink import Uplink


class Scan(Protocol):
    """Scans what a request names. `still` is called every second or so, in this process, and may end the scan by raising.
    Raises PeridermError for an image that cannot be read."""

    def __call__(
        self, request: ScanRequest, progress: Progress = quiet, still: Callable[[], None] | None = None
    ) -> ScanResult: ...


IDLE_SECONDS = 1.0
HEARTBEAT_NS = 10 * 10**9
# What may be otherwise the next time; a file that is damaged or not there stays so.
PASSING = (ConnectError, DeniedError, SandboxError, StoreError, ImageSourceError)


class Worker:
    """`scan` raises PeridermError for an image that cannot be read: that is a result too, with `failure` set. `name` is who
    holds its leases, another one for each process; without `registries` it takes nothing that lies in one; `gently` is
    called on the thread that scans what nothing runs of. `engine` names what judges. `waiting` is a way to the server for
    nothing but waiting; without one the server is asked once a second."""

    def __init__(
        self,
        uplink: Uplink,
        outbox: Outbox,
        clock: Clock,
        scan: Scan,
        heartbeat: Heartbeat,
        *,
        name: str = "",
        registries: bool = True,
        gently: Callable[[], None] = lambda: None,
        engine: str = "",
        renew_seconds: float = 15.0,
        waiting: Uplink | None = None,
    ) -> None:
        self._uplink = uplink
        self._outbox = outbox
        self._clock = clock
        self._scan = scan
        self._heartbeat = heartbeat
        self._name = name or f"{heartbeat.node_id}:{heartbeat.pid}:{clock.now()}"
        self._registries = registries
        self._gently = gently
        self._engine = engine
        self._renew_seconds = renew_seconds
        self._awaiting = None if waiting is None else Awaiting(waiting, heartbeat.node_id, clock)
        self._beat_at = 0
        self._scans = 0
        self._failed = 0
        self.turned = 0  # when the loop last turned, or a scan last made progress; monotonic nanoseconds

    def step(self, stop: threading.Event | None = None) -> bool:
        """Scans one image; False if none waits. Raises ConnectError."""
        node = self._heartbeat.node_id
        began = self._clock.monotonic()
        request = self._uplink.take_scan(self._name, node_id=node, registries=self._registries)
        if request is None:
            return False
        ending = stop or threading.Event()
        holding = Hold(self._uplink, self._name, request.image_digest, self._clock, taken=began, every=self._renew_seconds)
        with holding as hold:

            def still() -> None:
                self.turned = self._clock.monotonic()
                if ending.is_set():
                    raise ScanEndedError
                hold.check()

            try:
                with span("scan", image=request.image_digest, why=request.asked.value) as work:
                    result = self._scanned(request, hold.progress, still)
                    work.problem = result.failure
            except ScanEndedError:
                hold.give_back()
                return True
            self._scans += 1
            self._failed += bool(result.failure)
            self._outbox.put([msgspec.structs.replace(result, engine=self._engine, worker=self._name)])
            hold.finished()
        return True

    def _scanned(self, request: ScanRequest, progress: Progress, still: Callable[[], None]) -> ScanResult:
        """The result, or one that says why there is none."""
        began = self._clock.monotonic()
        try:
            if request.asked is not Asked.UNUSED:
                return self._scan(request, progress, still)
            return self._quietly(request, progress, still)
        except PeridermError as error:
            return ScanResult(
                image_digest=request.image_digest,
                node_id=request.node_id,
                time=self._clock.now(),
                seconds=(self._clock.monotonic() - began) / 1e9,
                findings=(),
                failure=str(error),
                again=isinstance(error, PASSING),
            )

    def _quietly(self, request: ScanRequest, progress: Progress, still: Callable[[], None]) -> ScanResult:
        """On a thread of its own, which gives way to everybody (and so do the processes that it starts)."""
        results: list[ScanResult] = []
        errors: list[PeridermError | ScanEndedError] = []

        def run() -> None:
            self._gently()
            try:
                results.append(self._scan(request, progress, still))
            except (PeridermError, ScanEndedError) as error:
                errors.append(error)

        thread = threading.Thread(target=run, name="idle-scan", daemon=True)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]
        if not results:
            raise SandboxError("The scan ended without a result.", "Scan it again.")
        return results[0]

    def beat(self) -> None:
        """Tells that it is alive, every ten seconds."""
        now = self._clock.monotonic()
        if now - self._beat_at >= HEARTBEAT_NS or not self._beat_at:
            self._beat_at = now
            beat = msgspec.structs.replace(self._heartbeat, time=self._clock.now(), figures=self.figures())
            self._outbox.put([beat])

    def figures(self) -> dict[str, float]:
        """For the heartbeat and for a scraper. Any thread may call it."""
        return {"scans": float(self._scans), "failed": float(self._failed)}

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set and `end` was called; a server that does not answer is asked again, more slowly and not when all
        others ask."""
        backoff = Backoff(IDLE_SECONDS)
        while not stop.is_set():
            self.turned = self._clock.monotonic()
            try:
                self.beat()
                if not self.step(stop):
                    self._wait(stop)
                backoff.well()
            except (ConnectError, DeniedError):
                stop.wait(backoff.failed())
        self._uplink.close()
        if self._awaiting is not None:
            self._awaiting.close()

    def _wait(self, stop: threading.Event) -> None:
        """Until the queue moves, or there is something to say."""
        if self._awaiting is None:
            stop.wait(IDLE_SECONDS)
        elif not stop.is_set():
            beat = (HEARTBEAT_NS - (self._clock.monotonic() - self._beat_at)) / 1e9
            self._awaiting.news(stop, min(WAIT_SECONDS, max(0.0, beat)))

    def end(self) -> None:
        """From another thread, after `stop` is set: what waits at the server is not waited for any longer."""
        if self._awaiting is not None:
            self._awaiting.end()
