"""A worker scans what waits, one image after the other; a failure is a result."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.flow.outbox import DETAIL, GROUP, TOPIC, Outbox
from periderm.flow.progress import Progress, quiet
from periderm.flow.work import Worker
from periderm.model.envelope import Heartbeat, Record, ScanRequest, ScanResult
from periderm.model.errors import ConnectError, FormatError
from periderm.model.orders import Known, Orders
from periderm.model.queue import Asked
from tests.flow.test_outbox import Server

BEAT = Heartbeat(role="worker", node_id="node-1", pid=1, time=0, version="1")


class Queue(Server):
    """A server with images that wait."""

    def __init__(self, *requests: ScanRequest) -> None:
        super().__init__()
        self.waiting = list(requests)
        self.held = True
        self.asked: tuple[str, str, bool] | None = None
        self.renewed: list[tuple[str, bool]] = []
        self.back: list[str] = []

    def take_scan(self, worker: str, *, node_id: str = "", registries: bool = True) -> ScanRequest | None:
        if self.away:
            raise ConnectError("nobody answers")
        self.asked = (worker, node_id, registries)
        return self.waiting.pop(0) if self.waiting else None

    def renew_scan(self, worker: str, image_digest: str, doing: str, done: float, *, sending: bool = False) -> bool:
        self.renewed.append((doing, sending))
        return self.held

    def put_back_scan(self, worker: str, image_digest: str) -> None:
        self.back.append(image_digest)


def request(digest: str) -> ScanRequest:
    """An image that waits."""
    return ScanRequest(image_digest=digest, source=digest, reference=digest, node_id="node-1", requested=1)


def scan(request: ScanRequest, progress: Progress = quiet, still: Callable[[], None] | None = None) -> ScanResult:
    """A scan that fails for two images."""
    progress("reading", 0.5)
    if request.source == "bad":
        raise FormatError("the archive is cut off", where="bad")
    if request.source == "away":
        raise ConnectError("the registry does not answer")
    return ScanResult(image_digest=request.image_digest, node_id="node-1", time=1, seconds=0, findings=())


def results(bus: LocalBus) -> list[ScanResult]:
    """Scan results that are durable."""
    decode = msgspec.msgpack.Decoder(tuple[Record, ...]).decode
    records = [r for m in bus.read(TOPIC, GROUP, 1000) for r in decode(m.data)]
    return [r for r in records if isinstance(r, ScanResult)]


def test_every_request_gets_a_result(bus: LocalBus) -> None:
    """An image that cannot be read gets a result that says why, and does not keep the next one waiting."""
    queue = Queue(request("a"), request("bad"), request("b"), request("away"))
    worker = Worker(queue, Outbox(bus, queue, "worker:x"), SystemClock(), scan, BEAT, name="w", engine="e", registries=False)
    while worker.step():
        pass
    found = results(bus)
    assert [r.image_digest for r in found] == ["a", "bad", "b", "away"]
    assert [bool(r.failure) for r in found] == [False, True, False, True]
    assert [r.again for r in found] == [False, False, False, True]
    assert {(r.worker, r.engine) for r in found} == {("w", "e")}
    assert queue.asked == ("w", "node-1", False)
    assert queue.renewed == [("reading", True)] * 4
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
    thread.join(180)
    assert not thread.is_alive()
    assert results(bus) == []
    assert len(queue.waiting) == 1


def test_an_idle_worker_waits_at_the_server_and_begins_at_once(bus: LocalBus) -> None:
    """It asks for an image only when the queue moved; told to end it does so though the server never answers."""

    class Waiting(Queue):
        moved = threading.Semaphore(0)
        asked_to_wait = threading.Semaphore(0)

        def orders(self, known: Known) -> Orders:
            self.asked_to_wait.release()
            assert self.moved.acquire(timeout=120)
            if self.away:
                raise ConnectError("this process is ending")
            return Orders(scans=known.scans + 1, queued=True)

        def interrupt(self) -> None:
            self.away = True
            self.moved.release()

    queue, waiting = Queue(), Waiting()
    takes: list[str] = []
    take = queue.take_scan

    def taken(worker: str, *, node_id: str = "", registries: bool = True) -> ScanRequest | None:
        takes.append(worker)
        return take(worker, node_id=node_id, registries=registries)

    queue.take_scan = taken  # type: ignore[method-assign]  # counted
    worker = Worker(queue, Outbox(bus, queue, "worker:x"), SystemClock(), scan, BEAT, waiting=waiting)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    assert waiting.asked_to_wait.acquire(timeout=120)
    assert len(takes) == 1
    queue.waiting.append(request("a"))
    waiting.moved.release()
    assert waiting.asked_to_wait.acquire(timeout=120)
    assert [result.image_digest for result in results(bus)] == ["a"]
    assert len(takes) == 3  # the first, the image, and that there is none more
    stop.set()
    worker.end()
    thread.join(120)
    assert not thread.is_alive()


def test_beats_are_rare(bus: LocalBus) -> None:
    """Being alive is said at the start and every ten seconds, not for every image."""
    queue = Queue()
    worker = Worker(queue, Outbox(bus, queue, "worker:x"), SystemClock(), scan, BEAT)
    for _ in range(50):
        worker.beat()
    assert bus.pending(DETAIL, GROUP) == 1


def test_a_worker_that_stops_gives_its_image_back(bus: LocalBus) -> None:
    """The scan ends at once, nothing is told of it, and the next worker need not wait for the lease."""
    queue = Queue(request("a"))
    stop = threading.Event()

    def endless(request: ScanRequest, progress: Progress = quiet, still: Callable[[], None] | None = None) -> ScanResult:
        stop.set()
        while still is not None:
            still()
        raise AssertionError

    worker = Worker(queue, Outbox(bus, queue, "worker:x"), SystemClock(), endless, BEAT)
    assert worker.step(stop) is True
    assert queue.back == ["a"]
    assert results(bus) == []


def test_an_image_that_is_not_ours_any_more_is_left(bus: LocalBus) -> None:
    """The server says so when the lease is renewed: what was found till then counts for nothing."""
    queue = Queue(request("a"))
    queue.held = False

    def endless(request: ScanRequest, progress: Progress = quiet, still: Callable[[], None] | None = None) -> ScanResult:
        while True:
            progress("on and on", None)

    worker = Worker(queue, Outbox(bus, queue, "worker:x"), SystemClock(), endless, BEAT, renew_seconds=0.01)
    assert worker.step() is True
    assert (queue.back, results(bus)) == ([], [])


def test_what_nobody_uses_gives_way(bus: LocalBus) -> None:
    """It is scanned on a thread that was made to give way; what is used is not."""
    threads: list[tuple[str, str]] = []

    def told(request: ScanRequest, progress: Progress = quiet, still: Callable[[], None] | None = None) -> ScanResult:
        threads.append((request.source, threading.current_thread().name))
        return scan(request, progress, still)

    gentle: list[str] = []
    queue = Queue(*(msgspec.structs.replace(request(n), asked=Asked.UNUSED) for n in ("a", "bad")), request("b"))
    outbox = Outbox(bus, queue, "worker:x")
    worker = Worker(queue, outbox, SystemClock(), told, BEAT, gently=lambda: gentle.append(threading.current_thread().name))
    while worker.step():
        pass
    assert gentle == ["idle-scan", "idle-scan"]
    assert [name == "idle-scan" for _, name in threads] == [True, True, False]
    assert [bool(r.failure) for r in results(bus)] == [False, True, False]
