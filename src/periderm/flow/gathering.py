"""The server's side of its history of many machines: rows that nodes sent are on the medium already (in the spool) when they
come here; they are checked to be the node's own and written so that they can be asked for within seconds.

A crash between writing rows and noting that they were written writes those rows twice; none is lost.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np

from periderm.correlate.fleet import foreign_gap, share_gap
from periderm.flow.quota import Quota
from periderm.flow.remember import Remembering
from periderm.formats.recording import unpacked
from periderm.model.asset import Container, Node
from periderm.model.envelope import Envelope, SeenEvents
from periderm.model.errors import BusError, FormatError, StoreError
from periderm.model.event import EventBatch, Rows, Subject
from periderm.model.identity import container_id
from periderm.ports.bus import Bus, Message
from periderm.ports.clock import Clock
from periderm.ports.store import Store

TOPIC = "seen"
GROUP = "history"
BATCH = 16
MOST_ROWS = 20_000  # of one record
MOST_UNPACKED = 32 << 20
FULL = 50_000  # rows that are written before more are read
OLDEST_NS = 30 * 86_400 * 10**9
AHEAD_NS = 600 * 10**9
TELL_NS = 10 * 10**9
FLEET = Node(id="fleet", name="", hostname="", machine_id="", kernel="", os_name="", architecture="")
"""Subject 0 of what is written: a batch has rows of many nodes, so that none of them stands for all."""

log = logging.getLogger(__name__)
_decode = msgspec.msgpack.Decoder(Envelope).decode


class Gathering:
    """One thread runs it; `remembering` writes, and sees to the files. `quota` says what may be kept of one machine, and is
    asked at the door too; without one there is no bound."""

    def __init__(self, bus: Bus, store: Store, clock: Clock, remembering: Remembering, quota: Quota | None = None) -> None:
        self._quota = quota
        self._told = 0
        self._bus = bus
        self._store = store
        self._clock = clock
        self._remembering = remembering
        self.rows = 0
        self.refused: Counter[str] = Counter()

    def step(self) -> int:
        """Writes what waits, at most one batch; how many messages were taken."""
        self.tell()
        messages = self._bus.read(TOPIC, GROUP, BATCH)
        if not messages:
            self._remembering.step()
            return 0
        last, refused = self._take(messages)
        self._write()
        with self._store.transaction():
            for sender, sequence in last.items():
                self._store.mark_seen(sender, sequence)
            for node, kinds in refused.items():
                log.warning("node %s sent events that are not its own: %s", node, dict(kinds))
                self._store.put_gaps([foreign_gap(node, dict(kinds), self._clock.now())])
        self._bus.acknowledge(TOPIC, GROUP, messages[-1].offset)
        return len(messages)

    def tell(self, *, now: bool = False) -> None:
        """What was shed of whom, as coverage gaps, every ten seconds or `now`. Raises StoreError."""
        moment = self._clock.monotonic()
        if self._quota is None or not (now or not self._told or moment - self._told >= TELL_NS):
            return
        self._told = moment
        shed = self._quota.told()
        if shed:
            at = self._clock.now()
            self._store.put_gaps([share_gap(node, each.rows, each.since, at) for node, each in shed.items()])

    def _take(self, messages: Sequence[Message]) -> tuple[dict[str, int], dict[str, Counter[str]]]:
        """(the last sequence of each sender, what was refused of each node)."""
        last: dict[str, int] = {}
        refused: dict[str, Counter[str]] = {}
        waiting = 0
        for message in messages:
            try:
                envelope = _decode(message.data)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                # The door decoded it strictly before it was made durable: this is damage on our own disk.
                log.error("message %d cannot be read and is passed over: %s", message.offset, error)
                continue
            sender = mark_of(envelope.sender)
            if envelope.sequence <= last.get(sender, -1) or envelope.sequence <= self._store.seen(sender):
                continue
            last[sender] = envelope.sequence
            for record in envelope.records:
                batch = self._own(record, envelope) if isinstance(record, SeenEvents) else None
                if batch is not None and isinstance(record, SeenEvents) and not self._affords(record, batch, envelope):
                    continue
                if batch is None:
                    refused.setdefault(envelope.node_id, Counter())["events"] += 1
                    continue
                waiting += len(batch)
                if waiting > FULL:
                    self._write()
                    waiting = len(batch)
                self._remembering.keep(batch)
                self.rows += len(batch)
        return last, refused

    def _affords(self, record: SeenEvents, batch: EventBatch, envelope: Envelope) -> bool:
        """Texts are as long as a node likes, and pack well."""
        if self._quota is None or not envelope.node_id:
            return True
        texts = sum(map(len, batch.strings))
        return self._quota.texts(envelope.node_id, len(record.data), record.rows, texts)

    def _write(self) -> None:
        """Raises StoreError if the rows are not on the medium: then the messages are read again."""
        self._remembering.step()
        if self._remembering.problem:
            raise StoreError(self._remembering.problem)

    def _own(self, record: SeenEvents, envelope: Envelope) -> EventBatch | None:
        """The rows with the server's subject 0; None if they are not that node's own, or not readable."""
        try:
            batch = unpacked(record.data, MOST_UNPACKED)
        except FormatError as error:
            log.warning("events of node %s cannot be read: %s", envelope.node_id or record.node_id, error)
            return None
        node = envelope.node_id or record.node_id
        if (
            record.node_id != node
            or not record.rows == len(batch) <= MOST_ROWS
            or not all(_is_own(subject, node) for subject in batch.subjects)
        ):
            return None
        rows: Rows = batch.rows
        if not batch.subjects and len(rows):
            return None
        now = self._clock.now()
        rows["time"] -= envelope.skew
        # A time that cannot be would keep the file that holds it for ever, or end it at once.
        possible = (rows["time"] > now - OLDEST_NS) & (rows["time"] < now + AHEAD_NS)
        if not np.all(possible):
            rows = rows[possible]
        rows["subject"] += 1
        return EventBatch(rows, batch.strings, (FLEET, *batch.subjects), batch.generation)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set and nothing waits. A disk that refuses is tried again: nothing was acknowledged."""
        while True:
            try:
                if self.step() == 0:
                    if stop.is_set():
                        self.tell(now=True)
                        break
                    self._bus.wait(TOPIC, GROUP, 0.5)
            except (StoreError, BusError) as error:
                log.error("events wait and are tried again: %s", error)
                if stop.wait(1.0):
                    break
        self._remembering.run(stop)


def mark_of(sender: str) -> str:
    """Under which name it is remembered how far a sender was read here: its other envelopes go another way, at another pace."""
    return f"{sender}#events"


def _is_own(subject: Subject, node: str) -> bool:
    if isinstance(subject, Container):
        return subject.node_id == node and subject.id == container_id(node, subject.container_id)
    return subject.id == node
