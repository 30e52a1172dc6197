"""The queue's nouns: what is more urgent has the smaller number, and a job survives the wire."""

from __future__ import annotations

import msgspec
from hypothesis import given

from periderm.model.queue import PRIORITY, Asked, ScanJob
from tests.strategies import values


def test_every_reason_has_its_place() -> None:
    """A person first, what nobody uses last, none twice."""
    assert sorted(PRIORITY, key=lambda asked: PRIORITY[asked]) == list(Asked)
    assert (PRIORITY[Asked.PERSON], PRIORITY[Asked.UNUSED]) == (0, len(Asked) - 1)


@given(values(ScanJob))
def test_a_job_survives_the_wire(job: ScanJob) -> None:
    """Read back equal."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(job), type=ScanJob) == job
