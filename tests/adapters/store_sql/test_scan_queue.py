"""The queue in SQL (its promises: tests/ports/test_store_queue.py): many threads at once, and what old queues held."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import msgspec
from sqlalchemy import create_engine

from periderm.adapters.store_sql.migrate import REVISIONS, bring_forward
from periderm.adapters.store_sql.sqlite import SqliteDialect
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.envelope import ScanRequest
from periderm.model.query import Query
from periderm.model.queue import Asked, JobState
from tests.ports.plugs import CountingClock


def request(number: int) -> ScanRequest:
    """An image that waits."""
    return ScanRequest(image_digest=f"sha256:{number}", source="podman:x", reference="r", node_id="nod-1", requested=number)


def test_two_workers_never_hold_the_same_scan(store: SqlStore) -> None:
    """Of many who take at once, each gets another image."""
    for number in range(20):
        store.put_scan_request(request(number))
    taken: list[str] = []

    def work(worker: str) -> None:
        while (found := store.take_scan(worker, lease_until=1000, now=1)) is not None:
            taken.append(found.image_digest)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"sha256:{number}" for number in range(20))


def test_each_step_of_a_scan_is_told(store: SqlStore) -> None:
    """It waits, it is taken, it is put back, it is given up."""
    store.put_scan_request(request(1))
    store.take_scan("w", 10, 1)
    store.put_back_scan("sha256:1", problem="away")
    store.give_up_scan("sha256:1", "away")
    assert [change.what for change in store.changes(0)] == ["scan"] * 4


def test_what_waited_in_the_old_queue_waits_in_the_new_one(tmp_path: Path) -> None:
    """The step of the schema loses nothing, and passes over what it cannot read."""
    path = tmp_path / "periderm.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    bring_forward(engine, SqliteDialect(), REVISIONS[:5])  # as it was before the step
    engine.dispose()
    old = {"type": "scan-request", "image_digest": "sha256:1", "source": "podman:1", "reference": "Shop", "node_id": "nod-1"}
    connection = sqlite3.connect(path)
    for name, doc in (("sha256:1", msgspec.msgpack.encode(old | {"requested": 7 * 10**9})), ("sha256:2", b"\xc1")):
        connection.execute("INSERT INTO scan_requests VALUES (?, 7, 'dead', 9, ?)", (name, doc))
    connection.commit()
    connection.close()
    store = SqlStore(str(path), CountingClock())
    try:
        (job,) = store.scan_jobs(Query(text="shop")).items
        assert (job.state, job.asked, job.worker, job.requested) == (JobState.WAITING, Asked.RUNNING, "", 7 * 10**9)
        found = store.take_scan("w", 100, 1, node_id="nod-1", registries=False)
        assert found == ScanRequest(
            image_digest="sha256:1", source="podman:1", reference="Shop", node_id="nod-1", requested=7 * 10**9
        )
        assert store.take_scan("w", 100, 1) is None
    finally:
        store.close()
