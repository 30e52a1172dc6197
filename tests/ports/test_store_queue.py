"""What every store promises of the queue of scans: order, leases, deaths, trying again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.query import Query
from periderm.model.queue import Asked, JobState, QueueState
from periderm.ports.store import Store
from tests.ports.plugs import STORES, finding


@pytest.fixture(params=STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    opened = request.param.open(tmp_path)
    yield opened
    opened.close()


def request(number: int = 1, asked: Asked = Asked.RUNNING, **more: Any) -> ScanRequest:
    """Image `number` waits on node nod-1."""
    given: dict[str, Any] = {
        "source": f"podman:{number}",
        "reference": f"shop:{number}",
        "node_id": "nod-1",
        "requested": number,
    }
    return ScanRequest(image_digest=f"sha256:{number}", asked=asked, **{**given, **more})


def result(number: int = 1, **more: Any) -> ScanResult:
    """Image `number` was scanned."""
    return ScanResult(image_digest=f"sha256:{number}", node_id="nod-1", time=5, seconds=1.0, **{"findings": (), **more})


def taken(store: Store, worker: str = "w", **more: Any) -> str:
    """The image that a worker gets now."""
    found = store.take_scan(worker, more.pop("until", 1000), more.pop("now", 100), **more)
    return found.image_digest if found else ""


def test_the_urgent_is_taken_first(store: Store) -> None:
    """A person, then what runs, what was pushed, what a look found, and last what nobody uses; each the oldest first."""
    for number, asked in enumerate(reversed(Asked), start=1):
        store.put_scan_request(request(number, asked))
        store.put_scan_request(request(number + 10, asked))
    order = [int(taken(store).removeprefix("sha256:")) for _ in range(10)]
    assert order == [5, 15, 4, 14, 3, 13, 2, 12, 1, 11]
    assert taken(store) == ""


def test_a_more_urgent_request_moves_an_image_ahead(store: Store) -> None:
    """And a less urgent one does not move it back."""
    store.put_scan_request(request(1, Asked.SCHEDULED))
    store.put_scan_request(request(2, Asked.SCHEDULED))
    assert store.put_scan_request(request(2, Asked.RUNNING)) is False
    store.put_scan_request(request(2, Asked.UNUSED))
    assert taken(store) == "sha256:2"


def test_an_image_is_scanned_where_it_lies(store: Store) -> None:
    """A node gets what it has; what lies in a registry any worker that may use registries; and an image of two nodes goes to
    the one that asks, read from its own storage."""
    store.put_scan_request(request(1))
    store.put_scan_request(request(2, node_id="", source="registry:host/name@sha256:2"))
    assert taken(store, node_id="nod-2", registries=False) == ""
    assert store.put_scan_request(request(1, node_id="nod-2", source="docker:1")) is False
    found = store.take_scan("w", 1000, 100, node_id="nod-2", registries=False)
    assert found is not None
    assert (found.image_digest, found.source) == ("sha256:1", "docker:1")
    assert taken(store, node_id="nod-3") == "sha256:2"


def test_a_lease_is_renewed_by_its_holder_only(store: Store) -> None:
    """What the worker does is seen, nobody else takes it, and nobody else's word counts."""
    store.put_scan_request(request())
    assert taken(store, "a", until=200, now=100) == "sha256:1"
    before = list(store.changes(0))
    assert store.renew_scan("sha256:1", "a", 400, doing="layer 2", done=0.5) is True
    assert list(store.changes(0)) == before
    assert store.renew_scan("sha256:1", "b", 900) is False
    assert taken(store, "b", now=399) == ""
    job = store.scan_job("sha256:1")
    assert job is not None
    assert (job.doing, job.done, job.worker, job.lease_until, job.taken) == ("layer 2", 0.5, "a", 400, 100)
    assert taken(store, "b", now=400) == "sha256:1"
    assert store.renew_scan("sha256:1", "a", 999) is False


def test_who_does_not_come_back_is_counted(store: Store) -> None:
    """Each lease that ran out is a death; with so many nobody takes the image any more, and the list of lost ones has it."""
    store.put_scan_request(request())
    assert taken(store, until=10, now=0, most_deaths=2) == "sha256:1"
    assert taken(store, until=20, now=10, most_deaths=2) == "sha256:1"
    assert taken(store, until=30, now=20, most_deaths=2) == ""
    (lost,) = store.lost_scans(20)
    assert (lost.deaths, lost.attempts) == (1, 2)
    assert store.give_up_scan("sha256:1", "it killed 2 workers", deaths=2) is True
    job = store.scan_job("sha256:1")
    assert job is not None
    assert (job.state, job.deaths, job.problem) == (JobState.GIVEN_UP, 2, "it killed 2 workers")
    assert list(store.lost_scans(10**9)) == []
    assert store.put_scan_request(request()) is False
    assert store.retry_scan("sha256:1", "ada") is True
    assert taken(store) == "sha256:1"


def test_what_failed_waits_before_it_is_tried_again(store: Store) -> None:
    """Not before its time; the attempts stay counted. What is put back without a problem was not tried at all."""
    store.put_scan_request(request())
    taken(store, "a")
    assert store.put_back_scan("sha256:1", worker="b", not_before=500, problem="no") is False
    assert store.put_back_scan("sha256:1", worker="a", not_before=500, problem="the registry is away") is True
    job = store.scan_job("sha256:1")
    assert job is not None
    assert (job.state, job.attempts, job.problem, job.worker) == (JobState.RETRYING, 1, "the registry is away", "")
    assert taken(store, now=499) == ""
    assert taken(store, "a", now=500) == "sha256:1"
    assert store.put_back_scan("sha256:1", worker="a") is True
    job = store.scan_job("sha256:1")
    assert job is not None
    assert (job.state, job.attempts) == (JobState.WAITING, 1)


def test_a_result_ends_the_job_whoever_sends_it(store: Store) -> None:
    """One that failed is given up, with its reason and what it has to say; a later one that works takes that away."""
    store.put_scan_request(request())
    taken(store)
    store.put_scan_result(result(failure="The archive is cut off.", findings=(finding(7, asset_id="img-x"),)))
    job = store.scan_job("sha256:1")
    assert job is not None
    assert (job.state, job.problem) == (JobState.GIVEN_UP, "The archive is cut off.")
    assert store.findings(Query(image_digest="sha256:1")).total == 1
    store.retry_scan("sha256:1", "ada")
    store.put_scan_result(result(), ends=False)
    assert store.scan_job("sha256:1") is not None
    store.put_scan_result(result())
    assert store.scan_job("sha256:1") is None
    assert store.findings(Query(image_digest="sha256:1")).total == 0


def test_a_cancelled_job_is_gone(store: Store) -> None:
    """Its holder learns it when it renews; the same image may be asked for again."""
    store.put_scan_request(request())
    taken(store, "a")
    assert store.cancel_scan("sha256:1") is True
    assert store.cancel_scan("sha256:1") is False
    assert store.renew_scan("sha256:1", "a", 5000) is False
    assert store.give_up_scan("sha256:1", "x") is store.put_back_scan("sha256:1") is store.retry_scan("sha256:1", "x") is False
    assert store.put_scan_request(request()) is True


def test_the_queue_is_listed(store: Store) -> None:
    """In the order in which it is taken, by state, by text, in pages; and counted."""
    for number in range(1, 8):
        store.put_scan_request(request(number, Asked.SCHEDULED if number % 2 else Asked.RUNNING, requested=number * 10**9))
    taken(store, until=10**12, now=10**11)
    assert store.queue_state() == QueueState(waiting=6, running=1, oldest=10**9)
    found: list[str] = []
    query = Query(order="severity", limit=3)
    while True:
        page = store.scan_jobs(query)
        assert page.total == 7
        found += [job.reference for job in page.items]
        if not page.next_cursor:
            break
        query = msgspec.structs.replace(query, cursor=page.next_cursor)
    assert found == [f"shop:{n}" for n in (2, 4, 6, 1, 3, 5, 7)]
    assert [job.reference for job in store.scan_jobs(Query(state="running")).items] == ["shop:2"]
    assert store.scan_jobs(Query(text="SHOP:7")).total == 1


class Workers(RuleBasedStateMachine):
    """Workers that take, renew, finish, fail and die at any time, against what must hold of each image."""

    def __init__(self) -> None:
        super().__init__()
        self.plug = STORES[0].fresh()
        self.store = self.plug.__enter__()
        self.now = 0
        self.asked: set[str] = set()
        self.done: set[str] = set()
        self.held: dict[str, tuple[str, int]] = {}

    def teardown(self) -> None:
        self.plug.__exit__(None, None, None)

    @rule(number=st.integers(1, 4), asked=st.sampled_from(Asked))
    def ask(self, number: int, asked: Asked) -> None:
        """Somebody wants an image scanned."""
        self.store.put_scan_request(request(number, asked))
        self.asked.add(f"sha256:{number}")

    @rule(worker=st.sampled_from("abc"))
    def take(self, worker: str) -> None:
        """Nobody gets what another one holds."""
        found = self.store.take_scan(worker, self.now + 10, self.now)
        if found is not None:
            _, until = self.held.get(found.image_digest, ("", 0))
            assert until <= self.now
            assert found.image_digest not in self.done
            self.held[found.image_digest] = (worker, self.now + 10)

    @rule(worker=st.sampled_from("abc"), number=st.integers(1, 4))
    def renew(self, worker: str, number: int) -> None:
        """Only the holder can."""
        name = f"sha256:{number}"
        if self.store.renew_scan(name, worker, self.now + 10):
            assert self.held[name][0] == worker
            self.held[name] = (worker, self.now + 10)

    @rule(worker=st.sampled_from("abc"), number=st.integers(1, 4))
    def finish(self, worker: str, number: int) -> None:
        """A result of whoever held it last."""
        name = f"sha256:{number}"
        if self.held.get(name, ("",))[0] == worker:
            self.store.put_scan_result(result(number))
            self.done.add(name)
            del self.held[name]

    @rule(by=st.integers(1, 12))
    def wait(self, by: int) -> None:
        """Time passes; who does not renew is dead."""
        self.now += by

    @invariant()
    def nothing_is_lost(self) -> None:
        """Each image that was asked for waits, is held, or was scanned."""
        for name in self.asked:
            assert (self.store.scan_job(name) is None) == (name in self.done)


TestWorkers = Workers.TestCase
TestWorkers.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
