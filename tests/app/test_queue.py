"""The queue of scans: read by who may read, changed by who may respond."""

from __future__ import annotations

import pytest

from periderm.app import queue as q
from periderm.app.application import Application
from periderm.model.envelope import ScanRequest
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from periderm.model.queue import JobState

READER = Principal("user:reader", frozenset({Permission.READ}))


@pytest.fixture
def app(empty: Application) -> Application:
    """One image waits."""
    empty.store.put_scan_request(
        ScanRequest(image_digest="sha256:1", source="podman:1", reference="web:1", node_id="n", requested=5)
    )
    return empty


def test_it_is_read(app: Application) -> None:
    """Jobs, one job, how many."""
    (job,) = q.list_jobs(app, READER, Query(order="severity")).items
    assert q.show_job(app, READER, "sha256:1") == job
    assert q.queue_state(app, READER).waiting == 1
    with pytest.raises(NotFoundError):
        q.show_job(app, READER, "sha256:2")


def test_what_was_given_up_is_tried_again(app: Application) -> None:
    """What waits already is not, and what is not there neither."""
    with pytest.raises(UsageError):
        q.retry_job(app, LOCAL_ADMIN, "sha256:1")
    app.store.give_up_scan("sha256:1", "it failed")
    assert q.retry_job(app, LOCAL_ADMIN, "sha256:1").state is JobState.WAITING
    with pytest.raises(NotFoundError):
        q.retry_job(app, LOCAL_ADMIN, "sha256:2")


def test_one_is_taken_out(app: Application) -> None:
    """The answer says what it was."""
    assert q.cancel_job(app, LOCAL_ADMIN, "sha256:1").reference == "web:1"
    assert q.queue_state(app, READER).waiting == 0
    with pytest.raises(NotFoundError):
        q.cancel_job(app, LOCAL_ADMIN, "sha256:1")


def test_readers_change_nothing(app: Application) -> None:
    """It is for who may respond."""
    for action in (q.retry_job, q.cancel_job):
        with pytest.raises(DeniedError):
            action(app, READER, "sha256:1")
