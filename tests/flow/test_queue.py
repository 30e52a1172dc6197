"""What becomes of a scan that failed, and of an image that kills its workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.flow.queue import BACK_OFF, MOST_DEATHS, bury, retry_at, take_failure
from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.finding import FindingKind
from periderm.model.query import Query
from periderm.model.queue import JobState
from tests.ports.plugs import CountingClock

FAILED = ScanResult(
    image_digest="sha256:1", node_id="", time=5, seconds=1.0, findings=(), failure="away", again=True, worker="w"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """One image waits."""
    made = SqlStore(str(tmp_path / "p.sqlite"), CountingClock())
    made.put_scan_request(
        ScanRequest(image_digest="sha256:1", source="registry:r/n@sha256:2", reference="r/n:1", node_id="", requested=1)
    )
    yield made
    made.close()


def test_waits_grow_and_end() -> None:
    """Each wait is longer than the one before; after the last nobody tries again."""
    waits = [retry_at(n, 0) for n in range(1, len(BACK_OFF) + 2)]
    assert waits == [*BACK_OFF, None]
    assert list(BACK_OFF) == sorted(set(BACK_OFF))


def test_a_failure_that_may_pass_is_tried_again(store: SqlStore) -> None:
    """After a wait, and as often as there are waits; the last failure is the result."""
    now = 0
    for number in range(len(BACK_OFF)):
        assert store.take_scan("w", now + 10, now) is not None
        assert take_failure(store, FAILED, now) is True
        job = store.scan_job("sha256:1")
        assert job is not None
        assert (job.state, job.not_before, job.attempts) == (JobState.RETRYING, now + BACK_OFF[number], number + 1)
        now = job.not_before
    assert store.take_scan("w", now + 10, now) is not None
    assert take_failure(store, FAILED, now) is False


def test_a_failure_that_stays_is_a_result(store: SqlStore) -> None:
    """An archive that is cut off will be so tomorrow; and a scan that nobody queued is taken as it is."""
    store.take_scan("w", 10, 0)
    assert take_failure(store, msgspec.structs.replace(FAILED, again=False), 1) is False
    assert take_failure(store, msgspec.structs.replace(FAILED, worker=""), 1) is False
    assert take_failure(store, msgspec.structs.replace(FAILED, image_digest="sha256:9"), 1) is False


def test_the_word_of_a_worker_that_lost_the_image_counts_for_nothing(store: SqlStore) -> None:
    """Its failure does not end another's scan."""
    store.take_scan("other", 10, 0)
    assert take_failure(store, FAILED, 1) is True
    job = store.scan_job("sha256:1")
    assert job is not None
    assert (job.state, job.worker) == (JobState.RUNNING, "other")


def test_an_image_that_kills_its_workers_is_given_up_and_told(store: SqlStore) -> None:
    """A finding says that it was not examined; a scan that works later takes that away."""
    for death in range(MOST_DEATHS):
        assert bury(store, death * 10) == []
        assert store.take_scan(f"w{death}", death * 10 + 10, death * 10) is not None
    (told,) = bury(store, MOST_DEATHS * 10)
    assert "3 workers died" in told.failure
    job = store.scan_job("sha256:1")
    assert job is not None
    assert (job.state, job.deaths) == (JobState.GIVEN_UP, 3)
    (finding,) = store.findings(Query(image_digest="sha256:1")).items
    assert (finding.kind, finding.location) == (FindingKind.NOT_EXAMINED, "worker")
    assert "w2" in finding.message.zh
    assert bury(store, 10**18) == []
    store.put_scan_result(ScanResult(image_digest="sha256:1", node_id="", time=9, seconds=1, findings=()))
    assert store.findings(Query(image_digest="sha256:1")).total == 0
