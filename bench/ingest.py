"""Events per second that are on the medium before they are acknowledged: through the bus alone, and on into the store.

Prints alerts per second for batches of 1, 100 and 1,000 in one envelope, and the ratio to the floor: one write and one
fdatasync of the same bytes. Run: python bench/ingest.py [FOLDER] (a folder on the disk to measure).
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.envelope import Envelope
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

BATCHES = (1, 100, 1000)
SECONDS = 2.0
THREADS = 8
_numbers = itertools.count()
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Envelope).decode


def alert(number: int) -> Alert:
    """A usual one: a process with three ancestors, two sentences in two languages."""
    lineage = tuple(ProcessRecord(key=number + n, parent=n, pid=n, exe=f"/usr/bin/p{n}", argv=("p", "-x")) for n in range(3))
    return Alert(
        id=f"alt-{number:024x}",
        detector="RUN-001",
        title=Text("Start a shell from a web server", "由 Web 服务器启动 shell"),
        message=Text("nginx started /bin/sh in shop-web", "nginx 在 shop-web 中启动了 /bin/sh"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        techniques=("T1059.004",),
        time=number,
        last_time=number,
        node_id="nod-1",
        asset_id=f"ctr-{number % 50}",
        process=lineage[0],
        lineage=lineage,
        object="/bin/sh",
        image_digest="sha256:1",
        workload_id="wkl-1",
    )


def envelopes(size: int) -> Iterator[bytes]:
    """Envelopes of so many alerts, none twice."""
    while True:
        sequence = next(_numbers)
        records = tuple(alert(sequence * 1000 + n) for n in range(size))
        yield _encode(Envelope(sender="bench", sequence=sequence, records=records))


def rate(step: Callable[[], int]) -> float:
    """Events per second of wall-clock; `step` returns how many it did."""
    step()
    done, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < SECONDS:
        done += step()
    return done / passed


def floor(folder: Path, size: int, messages: list[bytes]) -> float:
    """One write and one fdatasync a message."""
    descriptor = os.open(folder / f"floor-{size}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    given = itertools.cycle(messages)

    def step() -> int:
        os.write(descriptor, next(given))
        os.fdatasync(descriptor)
        return size

    try:
        return rate(step)
    finally:
        os.close(descriptor)


def through_bus(folder: Path, size: int, messages: list[bytes]) -> float:
    """One publish a message."""
    bus = LocalBus(str(folder / f"bus-{size}"), cap_bytes=1 << 40)
    given = itertools.cycle(messages)

    def step() -> int:
        bus.publish("ingest", [next(given)])
        return size

    try:
        return rate(step)
    finally:
        bus.close()


def through_bus_together(folder: Path, size: int, messages: list[bytes]) -> float:
    """The same by many threads, that share syncs."""
    bus = LocalBus(str(folder / f"together-{size}"), cap_bytes=1 << 40)

    def step() -> int:
        def publish(own: list[bytes]) -> None:
            for message in own:
                bus.publish("ingest", [message])

        threads = [threading.Thread(target=publish, args=(messages[start::THREADS],)) for start in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return size * len(messages)

    try:
        return rate(step)
    finally:
        bus.close()


def through_store(folder: Path, size: int) -> float:
    """Publish, read, decode, one transaction, acknowledge: durable twice, each alert new."""
    bus = LocalBus(str(folder / f"store-{size}"))
    store = SqlStore(str(folder / f"store-{size}" / "periderm.sqlite"), SystemClock())
    given = envelopes(size)
    spent = 0.0

    def step() -> int:
        nonlocal spent
        begun = time.perf_counter()
        message = next(given)
        spent += time.perf_counter() - begun
        bus.publish("ingest", [message])
        for found in bus.read("ingest", "digest"):
            envelope = _decode(found.data)
            with store.transaction():
                if envelope.sequence > store.seen(envelope.sender):
                    store.put_alerts(record for record in envelope.records if isinstance(record, Alert))
                    store.mark_seen(envelope.sender, envelope.sequence)
            bus.acknowledge("ingest", "digest", found.offset)
        return size

    try:
        reached = rate(step)
        return reached / (1 - min(0.9, spent / SECONDS))  # without the time to make up the alerts
    finally:
        store.close()
        bus.close()


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        folder = Path(name)
        print(f"{'alerts per second, durable':34}" + "".join(f"{f'batch {size}':>14}" for size in BATCHES))
        messages = {size: list(itertools.islice(envelopes(size), max(8, 200 // size))) for size in BATCHES}
        floors = {size: floor(folder, size, messages[size]) for size in BATCHES}
        rows: list[tuple[str, dict[int, float]]] = [
            ("floor: write and fdatasync", floors),
            ("bus", {size: through_bus(folder, size, messages[size]) for size in BATCHES}),
            (f"bus, {THREADS} threads", {size: through_bus_together(folder, size, messages[size]) for size in BATCHES}),
            ("bus and store", {size: through_store(folder, size) for size in BATCHES}),
        ]
        for title, figures in rows:
            print(f"{title:34}" + "".join(f"{figures[size]:14,.0f}" for size in BATCHES))
        for title, figures in rows[1:]:
            ratios = "".join(f"{floors[size] / figures[size]:14.2f}" for size in BATCHES)
            print(f"{'  times the floor: ' + title:34}{ratios}")


if __name__ == "__main__":
    main()
