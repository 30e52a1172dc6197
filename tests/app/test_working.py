"""The worker's threads."""

from __future__ import annotations

import threading
from pathlib import Path

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.app.working import working
from periderm.flow.outbox import GROUP, TOPIC, Outbox
from periderm.flow.work import Worker
from periderm.model.envelope import ScanResult
from tests.flow.test_work import BEAT, Queue, request, scan


def test_results_are_sent_before_it_ends(tmp_path: Path) -> None:
    """A scan that was finished has reached the server when the worker ends."""
    bus = LocalBus(str(tmp_path))
    queue = Queue(request("a"), request("b"))
    outbox = Outbox(bus, queue, "worker:x")
    stop = threading.Event()
    thread = threading.Thread(target=working, args=(Worker(queue, outbox, SystemClock(), scan, BEAT), outbox, stop))
    thread.start()
    while bus.pending(TOPIC, GROUP) + len(queue.taken) < 3:  # two results and the first beat
        threading.Event().wait(0.01)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    sent = [r.image_digest for e in queue.taken for r in e.records if isinstance(r, ScanResult)]
    assert sent == ["a", "b"]
    bus.close()
