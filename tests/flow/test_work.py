"""A worker scans what waits, one image after the other; a failure is a result."""

from __future__ import annotations

import threading

import msgspec

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.flow.outbox import GROUP, TOPIC, Outbox
from periderm.flow.work import Worker
from periderm.model.envelope import Heartbeat, Record, ScanRequest, ScanResult
from periderm.model.errors import ConnectError, FormatError
from tests.flow.test_outbox import Server

BEAT = Heartbeat(role="worker", node_id="node-1", pid=1, time=0, version="1")


class Queue(Server):
    """A server with images that wait."""

    def __init__(self, *requests: ScanRequest) -> None:
        super().__init__()
        self.waiting = list(requests)

    def take_scan(self, worker: str) -> ScanRequest | None:
        if self.away:
            raise ConnectError("nobody answers")
        return self.waiting.pop(0) if self.waiting else None


def request(digest: str) -> ScanRequest:
    """An image that waits."""
    return ScanRequest(image_digest=digest, source=digest, reference=digest, node_id="node-1", requested=1)


def scan(wanted: ScanRequest) -> ScanResult:
    """A scan that fails for one image."""
    if wanted.source == "bad":
        raise FormatError("the archive is cut off", where="bad")
    return ScanResult(image_digest=wanted.image_digest, node_id="node-1", time=1, seconds=0, findings=())


def results(bus: LocalBus) -> list[ScanResult]:
    """Scan results that are durable."""
    decode = msgspec.msgpack.Decoder(tuple[Record, ...]).decode
    records = [r for m in bus.read(TOPIC, GROUP, 1000) for r in decode(m.data)]
    return [r for r in records if isinstance(r, ScanResult)]


def test_every_request_gets_a_result(bus: LocalBus) -> None:
    """An image that cannot be read gets a result that says why, and does not keep the next one waiting."""
    queue = Queue(request("a"), request("bad"), request("b"))
    worker = Worker(queue, Outbox(bus, queue, "worker:x"), SystemClock(), scan, BEAT)
    while worker.step():
        pass
    found = results(bus)
    assert [r.image_digest for r in found] == ["a", "bad", "b"]
    assert [bool(r.failure) for r in found] == [False, True, False]
    assert "cut off" in found[1].failure


def test_run_waits_for_a_server_that_is_away(bus: LocalBus) -> None:
    """A server that does not answer is asked again; stopping does not wait for it."""
    queue = Queue(request("a"))
    queue.away = True
    worker = Worker(queue, Outbox(bus, queue, "worker:x"), SystemClock(), scan, BEAT)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    threading.Event().wait(0.2)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert results(bus) == []
    assert len(queue.waiting) == 1


def test_beats_are_rare(bus: LocalBus) -> None:
    """Being alive is said at the start and every ten seconds, not for every image."""
    queue = Queue()
    worker = Worker(queue, Outbox(bus, queue, "worker:x"), SystemClock(), scan, BEAT)
    for _ in range(50):
        worker.beat()
    assert bus.pending(TOPIC, GROUP) == 1
