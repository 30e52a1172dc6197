"""Holding a scan: the lease is renewed on a thread of its own as long as the scan goes on. Scans nothing.

The lease is counted from before the server was asked, by this machine's monotonic clock: it is over here before the server
hands the image to another worker, also where the network is cut.
"""

from __future__ import annotations

import threading
from types import TracebackType

from periderm.flow.queue import LEASE_NS
from periderm.model.errors import ConnectError, DeniedError, RefusedError
from periderm.ports.clock import Clock
from periderm.ports.uplink import Uplink

MARGIN_NS = 5 * 10**9  # to end the scan before the lease does
JOIN_SECONDS = 35.0


class ScanEndedError(Exception):
    """The scan under way must end: its lease is over, or this process is told to stop. Never shown to anybody."""


class Hold:
    """`with Hold(...)` while an image is scanned. `check` raises ScanEndedError once it is not ours any more."""

    def __init__(
        self, uplink: Uplink, worker: str, image_digest: str, clock: Clock, *, taken: int, every: float = 15.0
    ) -> None:
        self._uplink = uplink
        self._worker = worker
        self._digest = image_digest
        self._clock = clock
        self._every = every
        self._until = taken + LEASE_NS
        self._said: tuple[str, float] = ("", -1.0)
        self._stop = threading.Event()
        self._asking = threading.Lock()  # what the server is told last is what holds
        self.lost = False
        self._thread = threading.Thread(target=self._renewing, name="lease", daemon=True)

    def __enter__(self) -> Hold:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join(JOIN_SECONDS)

    def progress(self, text: str, done: float | None) -> None:
        """Kept, and told with the next renewal. Raises ScanEndedError as `check` does."""
        self._said = (text, -1.0 if done is None else done)
        self.check()

    def check(self) -> None:
        """Raises ScanEndedError if another may hold it by now."""
        if self.lost or self._clock.monotonic() > self._until - MARGIN_NS:
            self.lost = True
            raise ScanEndedError

    def finished(self) -> None:
        """The result is durable here: nobody need scan it while it is on its way. A server that does not answer gets the
        result later, and perhaps scans the image twice, one after the other."""
        self._stop.set()
        with self._asking:  # a renewal that is under way would say afterwards that it is still read
            self._renew(sending=True)

    def give_back(self) -> None:
        """It waits again, as if it had not been taken; if the server does not answer, when the lease is over."""
        self._stop.set()
        if self.lost:
            return
        try:
            self._uplink.put_back_scan(self._worker, self._digest)
        except (ConnectError, DeniedError, RefusedError):
            return

    def _renewing(self) -> None:
        wait = self._every
        while not self._stop.wait(wait):
            with self._asking:
                if self._stop.is_set():
                    break
                wait = self._every if self._renew() else min(self._every, 2.0)
            if self.lost:
                break
        self._uplink.close()

    def _renew(self, *, sending: bool = False) -> bool:
        """False if the server did not answer."""
        asked = self._clock.monotonic()
        doing, done = self._said
        try:
            held = self._uplink.renew_scan(self._worker, self._digest, doing, done, sending=sending)
        except (ConnectError, DeniedError, RefusedError):
            return False
        if held:
            self._until = asked + LEASE_NS
        else:
            self.lost = True
        return True
