"""What a node has to say, made durable first and sent when the server listens. Knows nothing of what is said."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Any

import msgspec

from periderm.model.envelope import Envelope, Record
from periderm.model.errors import BusError, ConnectError, DeniedError, RefusedError
from periderm.ports.bus import Bus, Message
from periderm.ports.uplink import Uplink

TOPIC = "uplink"
GROUP = "sender"
REFUSED = "refused"
BATCH = 64

log = logging.getLogger(__name__)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Record, ...]).decode


def _message(records: Sequence[Record]) -> bytes:
    """Encoded. A name that is not UTF-8 (an attacker chooses file names) must not stop what a node has to say."""
    try:
        return _encode(tuple(records))
    except UnicodeEncodeError:
        return _encode(_escaped(msgspec.to_builtins(tuple(records))))


def _escaped(value: Any) -> Any:
    """The same value with bytes that are not UTF-8 written as \\udc80, which every encoder takes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_escaped(k): _escaped(v) for k, v in value.items()}
    return [_escaped(v) for v in value] if isinstance(value, list | tuple) else value


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
        self.refused = 0
        self.problem = ""

    def put(self, records: Sequence[Record]) -> bool:
        """False if the spool refused (full disk): the records are then held in memory, within a bound, and tried again
        with the next ones; what falls out of the bound is counted in `dropped`."""
        with self._lock:
            waiting = [*self._held, *records]
            if not waiting:
                return True
            try:
                self._bus.publish(TOPIC, [_message(waiting)])
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
        try:
            self._uplink.send(envelopes)
        except RefusedError:
            # What the server will never take must not hold up the rest: find it by sending them one by one.
            for message, envelope in zip(messages, envelopes, strict=True):
                self._send_alone(message, envelope)
        self._bus.acknowledge(TOPIC, GROUP, messages[-1].offset)
        return len(messages)

    def _send_alone(self, message: Message, envelope: Envelope) -> None:
        try:
            self._uplink.send([envelope])
        except RefusedError as error:
            log.error("message %d is set aside in the topic %r: %s", message.offset, REFUSED, error)
            self._bus.publish(REFUSED, [message.data])
            self.refused += 1

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
            except (ConnectError, DeniedError, BusError) as error:
                self.problem = str(error)
                stop.wait(pause)
                pause = min(5.0, pause * 2)
        try:
            while self.send_some():
                pass
        except (ConnectError, DeniedError, BusError) as error:
            self.problem = str(error)
