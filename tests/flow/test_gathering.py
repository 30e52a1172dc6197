"""The server's history of many machines: each row once, of its own machine only, and there to be asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.adapters.store_sql.store import SqlStore
from periderm.correlate.coverage import gap_id
from periderm.flow.gathering import MOST_ROWS, TOPIC, Gathering
from periderm.flow.quota import Quota
from periderm.flow.remember import Remembering
from periderm.formats.recording import packed
from periderm.model.asset import Container
from periderm.model.envelope import Envelope, Record, SeenEvents
from periderm.model.errors import StoreError
from periderm.model.event import EventBatch, Subject
from periderm.model.event_query import EventQuery
from periderm.model.gap import GapKind
from periderm.model.identity import container_id
from tests.flow.conftest import CONTAINER, NODE, T0
from tests.past import some
from tests.story import SECOND, FixedClock


def machine(number: int) -> tuple[Subject, Container]:
    """A node with a container, by their right ids."""
    node = msgspec.structs.replace(NODE, id=f"node-{number}", name=f"host-{number}")
    box = msgspec.structs.replace(CONTAINER, id=container_id(node.id, "c" * 64), node_id=node.id)
    return node, box


class Server:
    """The parts."""

    def __init__(self, folder: Path, bus: LocalBus, store: SqlStore) -> None:
        self.bus, self.store = bus, store
        self.clock = FixedClock(T0 + 60 * SECOND)
        self.past = ParquetHistory(folder / "fleet")
        self.gathering = Gathering(bus, store, self.clock, Remembering(self.past, self.clock))

    def send(self, *records: Record, node: str = "node-1", sequence: int = 1, sender: str = "agent", skew: int = 0) -> None:
        """As the door makes it durable."""
        envelope = Envelope(sender=sender, sequence=sequence, records=records, node_id=node, skew=skew)
        self.bus.publish(TOPIC, [msgspec.msgpack.encode(envelope)])

    def drain(self) -> None:
        """Until nothing waits."""
        while self.gathering.step():
            pass

    def rows(self) -> list[tuple[str, str, int]]:
        """(subject, text, time), oldest first."""
        found = self.past.query(EventQuery(newest=False, limit=0))
        return [(event.subject.id, event.text, event.time) for event in found]


@pytest.fixture
def server(tmp_path: Path, bus: LocalBus, store: SqlStore) -> Iterator[Server]:
    """Its history is let go at the end."""
    made = Server(tmp_path, bus, store)
    yield made
    made.past.close()


def seen(number: int, count: int = 3, **more: object) -> SeenEvents:
    """Rows of a machine's container, and one of the machine itself."""
    subjects = machine(number)
    rows = some(count, subject=1, **more)
    rows.rows["subject"][0] = 0
    batch = EventBatch(rows.rows, rows.strings, subjects)
    return SeenEvents(node_id=f"node-{number}", rows=count, data=packed(batch))


def test_rows_of_many_machines_are_each_its_own(server: Server) -> None:
    """Also where a row is of the machine itself and not of a container."""
    for number in (1, 2):
        server.send(seen(number), node=f"node-{number}", sender=f"node-{number}/agent")
    server.drain()
    subjects = [subject for subject, _, _ in server.rows()]
    assert sorted(set(subjects)) == sorted(each.id for number in (1, 2) for each in machine(number))
    assert [subjects.count(f"node-{number}") for number in (1, 2)] == [1, 1]


def test_each_envelope_is_taken_once(server: Server) -> None:
    """However often it is sent; and what else a sender says has marks of its own."""
    for sequence in (1, 2, 2, 1, 3):
        server.send(seen(1), sequence=sequence)
    server.drain()
    assert len(server.rows()) == 9
    assert server.store.seen("agent") < 1


def test_what_is_not_a_nodes_own_is_refused_and_told(server: Server) -> None:
    """Another's rows, a container by a wrong id, rows that are too many, and what cannot be read."""
    _, box = machine(1)
    stolen = EventBatch(some(1).rows, some(1).strings, (machine(2)[0], box))
    false = EventBatch(some(1).rows, some(1).strings, (machine(1)[0], msgspec.structs.replace(box, id="ctr-9")))
    named = some(1, subject=1)
    false = EventBatch(named.rows, named.strings, false.subjects)
    many = EventBatch(some(1).rows.repeat(MOST_ROWS + 1), some(1).strings, machine(1))
    for number, data in enumerate((packed(stolen), packed(false), packed(many), b"rubbish"), 1):
        server.send(SeenEvents(node_id="node-1", rows=1, data=data), sequence=number)
    server.send(seen(2), sequence=5)
    server.send(seen(1), sequence=6)
    server.drain()
    assert len(server.rows()) == 3
    gap = server.store.gap(gap_id(GapKind.NOT_ITS_OWN, "node-1"))
    assert gap is not None
    assert "5 events" in gap.message.en


def test_times_are_the_servers(server: Server) -> None:
    """A clock that is off is set right; a time that cannot be is not kept."""
    server.send(seen(1, at=3600.0), skew=3600 * SECOND)
    server.send(seen(1, at=10.0 * 86400), sequence=2)
    server.drain()
    assert [time - T0 for _, _, time in server.rows()] == [0, 10_000_000, 20_000_000]


def test_what_is_beyond_a_machines_share_is_shed_and_told(server: Server) -> None:
    """Texts that pack well cost what they are; the other machine's rows are all there, and a restart of the sender changes
    nothing. A record that lies about how many rows it has is not its own."""
    quota = Quota(server.clock, room=2_000, days=1, rate=1000)
    server.gathering = Gathering(server.bus, server.store, server.clock, Remembering(server.past, server.clock), quota)
    subjects = machine(1)
    rows = some(1, subject=1)
    rows.rows["text"][0] = len(rows.strings)
    long = EventBatch(rows.rows, (*rows.strings, "x" * 1_000_000), subjects)
    server.send(SeenEvents(node_id="node-1", rows=1, data=packed(long)))
    server.send(seen(2), node="node-2", sender="node-2/agent")
    server.send(msgspec.structs.replace(seen(1), rows=1), sequence=2)
    server.drain()
    server.gathering.tell(now=True)
    assert {subject for subject, _, _ in server.rows()} == {each.id for each in machine(2)}
    gap = server.store.gap(gap_id(GapKind.HISTORY_SHORT, "node-1", "share"))
    assert gap is not None
    assert gap.count == 1
    assert "more than its share" in gap.message.en
    assert server.store.gap(gap_id(GapKind.NOT_ITS_OWN, "node-1")) is not None
    assert server.store.gap(gap_id(GapKind.HISTORY_SHORT, "node-2", "share")) is None


def test_a_disk_that_refuses_is_tried_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is acknowledged before it is written."""
    from periderm.model.errors import HistoryError

    flush = server.past.flush

    def refuse() -> None:
        server.past._writer._gathered.clear()
        server.past._writer._rows = 0
        raise HistoryError("no room")

    server.send(seen(1))
    monkeypatch.setattr(server.past, "flush", refuse)
    with pytest.raises(StoreError):
        server.gathering.step()
    monkeypatch.setattr(server.past, "flush", flush)
    server.drain()
    assert len(server.rows()) == 3


def test_the_thread_ends_when_nothing_waits(server: Server) -> None:
    """What arrived before is written."""
    server.send(seen(1))
    stop = threading.Event()
    stop.set()
    server.gathering.run(stop)
    assert len(server.rows()) == 3
