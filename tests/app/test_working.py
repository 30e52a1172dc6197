"""The worker's threads."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.app.working import working
from periderm.flow.outbox import Outbox
from periderm.flow.work import Worker
from periderm.model.envelope import Record, ScanResult
from tests.flow.test_work import BEAT, Queue, request, scan


class Telling(Outbox):
    """Says when two results are durable; beats come between them as the machine's speed wants."""

    results = 0
    both = threading.Event()

    def put(self, records: Sequence[Record]) -> None:
        """As ever, and counted afterwards."""
        super().put(records)
        self.results += sum(isinstance(record, ScanResult) for record in records)
        if self.results == 2:
            self.both.set()


def test_results_are_sent_before_it_ends(tmp_path: Path) -> None:
    """A scan that was finished has reached the server when the worker ends."""
    bus = LocalBus(str(tmp_path))
    queue = Queue(request("a"), request("b"))
    outbox = Telling(bus, queue, "worker:x")
    stop = threading.Event()
    thread = threading.Thread(target=working, args=(Worker(queue, outbox, SystemClock(), scan, BEAT), outbox, stop))
    thread.start()
    assert outbox.both.wait(180)
    stop.set()
    thread.join(180)
    assert not thread.is_alive()
    sent = [r.image_digest for e in queue.taken for r in e.records if isinstance(r, ScanResult)]
    assert sent == ["a", "b"]
    bus.close()
