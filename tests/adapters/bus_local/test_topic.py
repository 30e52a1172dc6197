"""A topic between its writer and its readers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.bus_local import topic as module
from periderm.adapters.bus_local.topic import Topic
from periderm.model.errors import BusError


@pytest.fixture
def topic(tmp_path: Path) -> Iterator[Topic]:
    """An empty topic with small segments."""
    made = Topic(tmp_path / "t", 1000, 100_000)
    yield made
    made.close()


def test_a_large_publish_is_read_in_small_parts(topic: Topic) -> None:
    """Parts of one frame, again and again, and over its end into the next."""
    topic.publish([b"%d" % number for number in range(50)])
    topic.publish([b"%d" % number for number in range(50, 60)])
    for start in range(0, 60, 7):
        found = topic.read("g", 7)
        assert [message.offset for message in found] == list(range(start, min(start + 7, 60)))
        assert [int(message.data) for message in found] == [message.offset for message in found]
        assert topic.read("g", 7) == found
        topic.acknowledge("g", found[-1].offset)


def test_a_read_is_bounded_in_bytes(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives at least one message, and stops after the one that reaches the bound."""
    monkeypatch.setattr(module, "_READ_BYTES", 100)
    topic.publish([bytes(60), bytes(60), bytes(60), bytes(500)])
    assert [len(message.data) for message in topic.read("g", 100)] == [60, 60]
    topic.acknowledge("g", 2)
    assert [len(message.data) for message in topic.read("g", 100)] == [500]


def test_who_waits_is_woken_when_it_closes(tmp_path: Path) -> None:
    """A thread in `wait` ends with an error of ours, and not after its whole time."""
    topic = Topic(tmp_path / "t", 1000, 100_000)
    topic.publish([b"0"])
    topic.acknowledge("g", 0)
    ended: list[BusError] = []
    ready = threading.Event()

    def wait() -> None:
        ready.set()
        try:
            topic.wait("g", 60)
        except BusError as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    ready.wait()
    topic.close()
    thread.join(180)
    assert len(ended) == 1


def test_a_group_that_comes_late_begins_with_what_is_left(topic: Topic) -> None:
    """Files that all groups before it had read are gone."""
    for number in range(20):
        topic.publish([b"%d" % number * 100])
    topic.acknowledge("g", 19)
    late = topic.read("late", 100)
    assert 0 < late[0].offset < 20
    assert late[-1].offset == 19
    assert topic.pending("late") == len(late)


def test_nothing_for_no_limit(topic: Topic) -> None:
    """A limit of zero or less gives nothing."""
    topic.publish([b"0"])
    assert topic.read("g", 0) == topic.read("g", -1) == []
