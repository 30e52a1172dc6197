"""What a node has to say, made durable first and sent when the server listens. Its room is bounded: detail has a topic of its
own, and where a topic is full its oldest is given up, counted and said. What is detail is in `spooling`."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from periderm.flow.backoff import Backoff
from periderm.flow.spooling import Sorter
from periderm.flow.waiting_times import WaitingTimes
from periderm.model.envelope import Envelope, Record
from periderm.model.errors import BusError, ConnectError, DeniedError, FullError, RefusedError, RestoredError
from periderm.ports.bus import Bus, Message
from periderm.ports.uplink import Uplink

TOPIC = "uplink"
DETAIL = "detail"
GROUP = "sender"
KEPT = "kept"
REFUSED = "refused"
BATCH = 64
SHED_SHARE = 8  # of what waits in a full topic, one part in so many is given up at once
MOST_HELD = 10_000

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


def _counts(word: str) -> tuple[int, int]:
    """(shed, lost) as they were kept; zeros from anything else."""
    parts = word.split()
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
        return 0, 0
    return int(parts[0]), int(parts[1])


class Memory(Protocol):
    """Remembers one word."""

    def read(self) -> str:
        """'' if there is none."""
        ...

    def write(self, word: str) -> None:
        """Durable when it returns."""
        ...


class ShortMemory:
    """Until the process ends."""

    def __init__(self) -> None:
        self._word = ""

    def read(self) -> str:
        """'' if there is none."""
        return self._word

    def write(self, word: str) -> None:
        """Kept as long as this object."""
        self._word = word


class Outbox:
    """`put` may be called from any thread; it returns when the records are on disk.

    `sender` names this spool for ever: the offset in the spool is the envelope's sequence, so that the server takes each
    message once, however often it is sent again. `shed` and `lost` count records that were given up because their topic was
    full: detail, and what mattered.

    The last `keep` messages of what mattered stay here after the server took them, as long as there is room: a server that was
    put back from a copy is sent those again that it does not know. `gone` counts those that it does not know and that are
    no longer here. `memory` remembers which life of the server took them. `shedding` remembers what of `shed` and `lost`
    nobody was told yet, for the next process if this one is killed. `durable` is told what is on disk.

    `acknowledged` is when the server last took something, by `now` (Unix nanoseconds), and `reached` whether it answered when
    it was last asked.
    """

    def __init__(
        self,
        bus: Bus,
        uplink: Uplink,
        sender: str,
        *,
        keep: int = 0,
        memory: Memory | None = None,
        shedding: Memory | None = None,
        durable: Callable[[Sequence[Record]], None] = lambda _: None,
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        self._bus = bus
        self._uplink = uplink
        self._sender = sender
        self._keep = keep
        self._memory = memory or ShortMemory()
        self._met = False
        self._life = ""
        self._sorter = Sorter()
        if keep:
            bus.read(TOPIC, KEPT, 1)  # from now on nothing is removed that this group has not passed
        self._held: list[Record] = []
        self._lock = threading.Lock()
        self._shedding = shedding or ShortMemory()
        self._durable = durable
        self.dropped = 0
        self.refused = 0
        self.shed, self.lost = _counts(self._shedding.read())
        self._told = (0, 0)
        self.gone = 0
        self.problem = ""
        self._now = now
        self.acknowledged = 0
        self.reached = False
        self._times = {topic: WaitingTimes() for topic in (TOPIC, DETAIL)}
        self._began = now()

    @property
    def holding(self) -> bool:
        """Whether the disk refuses: what matters waits in memory."""
        return bool(self._held)

    def oldest(self) -> int:
        """When the oldest was put that the server has not taken, or this process began; 0 if nothing waits. Unix
        nanoseconds."""
        return min((found for times in self._times.values() if (found := times.oldest())), default=0)

    def put(self, records: Sequence[Record]) -> bool:
        """False if the spool refused (full disk): the records are then held in memory, within a bound, and tried again
        with the next ones; what falls out of the bound is counted in `dropped`."""
        matters = self._put(records)
        if matters:
            self._durable(matters)
        return matters is not None

    def _put(self, records: Sequence[Record]) -> list[Record] | None:
        """What matters and is durable now, also of before; None if it is not."""
        with self._lock:
            matters, detail = self._sorter.divide(records)
            matters = [*self._held, *matters]
            self._held = []
            try:
                if detail:
                    self._publish(DETAIL, detail)
            except BusError:
                self.dropped += len(detail)
            if not matters:
                return matters
            try:
                self._publish(TOPIC, matters)
            except BusError as error:
                self.problem = str(error)
                self.dropped += max(0, len(matters) - MOST_HELD)
                self._held = matters[-MOST_HELD:]
                return None
            self.problem = ""
            return matters

    def _publish(self, topic: str, records: Sequence[Record]) -> None:
        """Durable when it returns; in a full topic the oldest makes room. Raises BusError."""
        message = _message(records)
        for _ in range(SHED_SHARE):
            try:
                number = self._bus.publish(topic, [message])
            except FullError:
                if not self._let_go(topic) and not self._give_up(topic):
                    raise
            else:
                break
        else:
            number = self._bus.publish(topic, [message])
        self._times[topic].put(number, self._now())

    def _give_up(self, topic: str) -> int:
        """The oldest part of what waits is not sent; how many messages."""
        rest = most = max(1, self._bus.pending(topic, GROUP) // SHED_SHARE)
        while rest > 0 and (messages := self._bus.read(topic, GROUP, rest)):
            count = sum(len(_decode(message.data)) for message in messages)
            if topic == DETAIL:
                self.shed += count
            else:
                self.lost += count
            self._note_shedding()  # before they are gone: rather too much is said than too little
            self._bus.acknowledge(topic, GROUP, messages[-1].offset)
            self._times[topic].passed(messages[-1].offset)
            rest -= len(messages)
        return most - rest

    def told(self, shed: int, lost: int) -> None:
        """So much of both totals is in a gap that is durable."""
        with self._lock:
            if (shed, lost) != self._told and not self._held:  # what is held is not durable: perhaps that gap
                self._told = (shed, lost)
                self._note_shedding()

    def _note_shedding(self) -> None:
        try:
            self._shedding.write(f"{self.shed - self._told[0]} {self.lost - self._told[1]}")
        except OSError as error:
            log.error("what the spool gave up could not be written: %s", error.strerror)

    def _let_go(self, topic: str) -> bool:
        """Half of what the server has taken, and what was given up, is kept no longer; False if there is none."""
        if not self._keep or topic != TOPIC:
            return False
        kept = self._bus.pending(topic, KEPT) - self._bus.pending(topic, GROUP)
        if kept > 0 and (oldest := self._bus.read(topic, KEPT, 1)):
            self._bus.acknowledge(topic, KEPT, oldest[0].offset + (kept - 1) // 2)
        return kept > 0

    def send_some(self) -> int:
        """Sends what waits, at most one batch of what matters and one of detail; returns how many messages were
        acknowledged. Raises ConnectError."""
        if not self._met:
            self._meet()
        try:
            return self._send(TOPIC, self._sender) + self._send(DETAIL, f"{self._sender}:detail")
        except RestoredError:
            self._meet()
            return 1

    def _meet(self) -> None:
        """Asks which life of the server this is; in another than the last one, what it does not know is sent again, oldest
        first: it takes no number after a higher one. Raises ConnectError."""
        place = self._uplink.place([self._sender])
        if place is not None:
            before = self._memory.read()
            if before and before != place.life and self._keep:
                wanted = place.seen.get(self._sender, -1) + 1
                begun = self._bus.rewind(TOPIC, GROUP, wanted)
                self.gone += max(0, begun - wanted)
                log.warning("the server was put back from a copy: it is sent %d messages", self._bus.pending(TOPIC, GROUP))
            if before != place.life:
                self._memory.write(place.life)
            self._life = place.life
        self._met = True

    def _send(self, topic: str, sender: str) -> int:
        messages = self._bus.read(topic, GROUP, BATCH)
        if not messages:
            return 0
        envelopes = [Envelope(sender=sender, sequence=m.offset, records=_decode(m.data), life=self._life) for m in messages]
        try:
            self._uplink.send(envelopes)
        except RefusedError:
            # What the server will never take must not hold up the rest: find it by sending them one by one.
            for message, envelope in zip(messages, envelopes, strict=True):
                self._send_alone(topic, message, envelope)
        last = messages[-1].offset
        self._bus.acknowledge(topic, GROUP, last)
        self._times[topic].passed(last)
        self.acknowledged, self.reached = self._now(), True
        if self._keep and topic == TOPIC and last >= self._keep:
            self._bus.acknowledge(topic, KEPT, last - self._keep)
        return len(messages)

    def _send_alone(self, topic: str, message: Message, envelope: Envelope) -> None:
        try:
            self._uplink.send([envelope])
        except RefusedError as error:
            self.refused += 1
            if topic == DETAIL:
                # A server of before knows no rows of events, say: what comes every second must not fill the disk.
                log.log(logging.WARNING if self.refused == 1 else logging.DEBUG, "a message of detail is left out: %s", error)
                return
            log.error("message %d is set aside in the topic %r: %s", message.offset, REFUSED, error)
            with contextlib.suppress(FullError):  # then it is counted only: what comes next is not held up
                self._bus.publish(REFUSED, [message.data])

    def pending(self) -> int:
        """Messages that the server has not taken yet."""
        return self._bus.pending(TOPIC, GROUP) + self._bus.pending(DETAIL, GROUP)

    def _look_back(self) -> None:
        """What waits since a process before this one, nobody remembers since when: at least since this one began."""
        for topic, times in self._times.items():
            try:
                waiting = self._bus.read(topic, GROUP, 1)
            except BusError as error:  # said once: what is behind the damage is read by the next
                log.error("what waits in the spool: %s", error)
                continue
            if waiting:
                times.before(waiting[0].offset, self._began)

    def run(self, stop: threading.Event) -> None:
        """Sends until `stop` is set, then what is left; waits longer each time the server does not answer (10 s at most), and
        never as long as the next machine."""
        backoff = Backoff()
        self._look_back()
        while not stop.is_set():
            try:
                if self.send_some() == 0:
                    self._bus.wait(TOPIC, GROUP, 0.5)
                backoff.well()
            except (ConnectError, DeniedError, BusError) as error:
                self.problem = str(error)
                self.reached = self.reached and isinstance(error, BusError)
                stop.wait(backoff.failed())
        try:
            while self.send_some():
                pass
        except (ConnectError, DeniedError, BusError) as error:
            self.problem = str(error)
        self._uplink.close()

    def end(self) -> None:
        """From another thread: what is being sent is not waited for any longer. It stays in the spool."""
        self._uplink.interrupt()
