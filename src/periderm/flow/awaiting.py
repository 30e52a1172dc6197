"""Waiting until the queue of scans moves: one question waits at the server, so that an idle worker costs next to nothing and
what is put in is begun at once. Takes nothing out of the queue itself."""

from __future__ import annotations

import threading

from periderm.model.errors import ConnectError, RefusedError
from periderm.model.orders import Known, Orders
from periderm.ports.clock import Clock
from periderm.ports.uplink import Uplink

POLL_SECONDS = 1.0  # how often a server is asked that does not wait, and at most where the queue moves for others
OLDER_NS = 60 * 10**9  # after which one that did not know the question may have been upgraded
WAIT_SECONDS = 10.0


class Awaiting:
    """One thread calls `news`, any thread `end`. `uplink` is for this alone: it is interrupted at the end, while others still
    send."""

    def __init__(self, uplink: Uplink, node_id: str, clock: Clock) -> None:
        self._uplink = uplink
        self._node_id = node_id
        self._clock = clock
        self._known = 0
        self._refused = -OLDER_NS  # when the server last did not know the question
        self._looked = -(10**9)

    def news(self, stop: threading.Event, seconds: float = WAIT_SECONDS) -> None:
        """Returns when the queue may hold something new, after `seconds` at the latest: what waits for its time, like a scan
        that is tried again, moves nothing. A queue that moves all the time for others ends a wait once a second at
        most. Raises ConnectError, DeniedError."""
        older = self._clock.monotonic() - self._refused < OLDER_NS
        if older or not self._wait(stop, seconds):
            stop.wait(POLL_SECONDS)
        self._looked = self._clock.monotonic()

    def _wait(self, stop: threading.Event, seconds: float) -> bool:
        """False if the server does not know the question."""
        try:
            found = self._uplink.orders(Known(node_id=self._node_id, scans=self._known, wait=seconds))
        except ConnectError:
            self._known = 0  # who answers next may be another one
            raise
        except RefusedError:
            found = Orders()
        if found.scans < 0:
            self._refused = self._clock.monotonic()
            return False
        self._known = found.scans
        rest = POLL_SECONDS - (self._clock.monotonic() - self._looked) / 1e9
        if found.queued and rest > 0:
            stop.wait(rest)
        return True

    def end(self) -> None:
        """This process ends: what waits at the server returns at once."""
        self._uplink.interrupt()

    def close(self) -> None:
        """The connection of the thread that calls."""
        self._uplink.close()
