"""What a node has to say, made durable first and sent when the server listens. Knows nothing of what is said."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec

from periderm.model.envelope import Envelope, Record
from periderm.model.errors import BusError, ConnectError, DeniedError
from periderm.ports.bus import Bus
from periderm.ports.uplink import Uplink

TOPIC = "uplink"
GROUP = "sender"
BATCH = 64

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Record, ...]).decode


class Outbox:
    """`put` may be called from any thread; it returns when the records are on disk.

    `sender` names this spool for ever: the offset in the spool is the envelope's sequence, so that the server takes each
    message once, however often it is sent again.
    """

    def __init__(self, bus: Bus, uplink: Uplink, sender: str) -> None:
        self._bus = bus
        self._uplink = uplink
        self._sender = sender
        self._held: list[Record] = []
        self._lock = threading.Lock()
        self.dropped = 0
        self.problem = ""

    def put(self, records: Sequence[Record]) -> bool:
        """False if the spool refused (full disk): the records are then held in memory, within a bound, and tried again
        with the next ones; what falls out of the bound is counted in `dropped`."""
        with self._lock:
            waiting = [*self._held, *records]
            if not waiting:
                return True
            try:
                self._bus.publish(TOPIC, [_encode(tuple(waiting))])
            except BusError as error:
                self.problem = str(error)
                self.dropped += max(0, len(waiting) - 10_000)
                self._held = waiting[-10_000:]
                return False
            self._held = []
            self.problem = ""
            return True

    def send_some(self) -> int:
        """Sends what waits, at most one batch; returns how many messages were acknowledged. Raises ConnectError."""
        messages = self._bus.read(TOPIC, GROUP, BATCH)
        if not messages:
            return 0
        envelopes = [Envelope(sender=self._sender, sequence=m.offset, records=_decode(m.data)) for m in messages]
        self._uplink.send(envelopes)
        self._bus.acknowledge(TOPIC, GROUP, messages[-1].offset)
        return len(messages)

    def pending(self) -> int:
        """Messages that the server has not taken yet."""
        return self._bus.pending(TOPIC, GROUP)

    def run(self, stop: threading.Event) -> None:
        """Sends until `stop` is set, then once more; waits longer each time the server does not answer (5 s at most)."""
        pause = 0.1
        while not stop.is_set():
            try:
                if self.send_some() == 0:
                    self._bus.wait(TOPIC, GROUP, 0.5)
                pause = 0.1
            except (ConnectError, DeniedError) as error:
                self.problem = str(error)
                stop.wait(pause)
                pause = min(5.0, pause * 2)
        try:
            while self.send_some():
                pass
        except (ConnectError, DeniedError) as error:
            self.problem = str(error)
