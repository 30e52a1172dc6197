"""What waits in a ring is copied out in time, and comes once and in order; on a file that looks like a ring."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.sensor_ebpf.ahead import FULLER, ReadAhead
from periderm.adapters.sensor_ebpf.ring import Ring
from periderm.formats.bpf_records import BUSY, SLOT_BYTES
from tests.adapters.sensor_ebpf.paper import SIZE, PaperRing
from tests.adapters.sensor_ebpf.watching import until

ROOM = SIZE // SLOT_BYTES


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[PaperRing]:
    """A file."""
    made = PaperRing(tmp_path / "ring")
    yield made
    os.close(made.file)


@pytest.fixture
def ring(paper: PaperRing) -> Iterator[Ring]:
    """That file as a ring."""
    made = Ring(paper.file, SIZE)
    yield made
    made.close()


def marks(ahead: ReadAhead, limit: int = 1000) -> list[int]:
    """The marks of what is given at once."""
    with ahead.take(limit) as slots:
        return [slot["body"].tobytes()[0] for slot in slots]


def all_marks(ahead: ReadAhead, limit: int = 1000) -> list[int]:
    """The marks of all that waits."""
    seen: list[int] = []
    while given_now := marks(ahead, limit):
        seen += given_now
    return seen


@given(steps=st.lists(st.tuples(st.integers(0, ROOM // 2), st.booleans(), st.integers(0, 9)), max_size=12))
def test_every_slot_comes_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool, int]]
) -> None:
    """However writing, copying out and reading take turns."""
    paper = PaperRing(tmp_path_factory.mktemp("paper") / "ring")
    ring = Ring(paper.file, SIZE)
    ahead = ReadAhead(ring)
    seen: list[int] = []
    written = 0
    for put, copied, limit in steps:
        for _ in range(min(put, ROOM - ring.waiting() // SLOT_BYTES)):
            paper.put(written * SLOT_BYTES, 248, written & 255)
            written += 1
        if copied:
            ahead.relieve()
        if limit:
            seen += marks(ahead, limit)
        assert ahead.waiting() == (written - len(seen)) * SLOT_BYTES
    seen += all_marks(ahead, 3)
    assert seen == [number & 255 for number in range(written)]
    assert ahead.waiting() == 0
    ahead.close()
    ring.close()
    os.close(paper.file)


def test_a_reader_that_is_busy_loses_nothing(paper: PaperRing, ring: Ring) -> None:
    """Several times what the ring holds is written while nobody reads: the ring keeps room for what comes next."""
    ahead = ReadAhead(ring)
    for number in range(5 * ROOM):
        paper.put(number * SLOT_BYTES, 248, number & 255)
        if number % 4 == 3:
            ahead.relieve()
            assert ring.waiting() <= SIZE // FULLER
    assert ahead.copied > 4 * ROOM
    assert all_marks(ahead) == [number & 255 for number in range(5 * ROOM)]


def test_its_memory_has_a_limit(paper: PaperRing, ring: Ring) -> None:
    """At the limit the ring fills as it would without, and what was copied is still there."""
    ahead = ReadAhead(ring, most_bytes=10 * SLOT_BYTES)
    for number in range(ROOM):
        paper.put(number * SLOT_BYTES, 248, number & 255)
    assert ahead.relieve() == 10
    assert ahead.relieve() == 0
    assert ring.waiting() == (ROOM - 10) * SLOT_BYTES
    assert all_marks(ahead) == list(range(ROOM))


def test_a_calm_ring_is_left_alone(paper: PaperRing, ring: Ring) -> None:
    """Where the reader keeps up, nothing is copied."""
    ahead = ReadAhead(ring)
    for number in range(ROOM // FULLER):
        paper.put(number * SLOT_BYTES, 248, number)
    assert ahead.relieve() == 0
    assert ring.waiting() == SIZE // FULLER


def test_a_slot_that_is_being_written_is_waited_for(paper: PaperRing, ring: Ring) -> None:
    """It does not go round in circles over it."""
    ahead = ReadAhead(ring)
    paper.put(0, 248 | BUSY, 0)
    for number in range(1, ROOM):
        paper.put(number * SLOT_BYTES, 248, number)
    assert ahead.relieve() == 0
    assert marks(ahead) == []


def test_what_is_given_is_not_written_over(paper: PaperRing, ring: Ring) -> None:
    """A piece stays as it is while it is read, whatever the ring does meanwhile."""
    ahead = ReadAhead(ring)
    for number in range(ROOM):
        paper.put(number * SLOT_BYTES, 248, number)
    ahead.relieve()
    with ahead.take(1000) as slots:
        before = slots.copy()
        for number in range(ROOM, 2 * ROOM):
            paper.put(number * SLOT_BYTES, 248, 255)
        ahead.relieve()
        assert np.array_equal(before["body"], slots["body"])


def test_its_thread_looks_after_the_ring_until_it_is_closed(paper: PaperRing, ring: Ring) -> None:
    """Without anybody who asks."""
    ahead = ReadAhead(ring)
    for number in range(ROOM):
        paper.put(number * SLOT_BYTES, 248, number)
    ahead.start()
    assert until(lambda: ring.waiting() == 0)
    assert ahead.copied == ROOM
    assert all_marks(ahead) == list(range(ROOM))
    ahead.close()
    assert ahead.waiting() == 0
