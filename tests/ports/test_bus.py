"""What every bus promises (see `periderm/ports/bus.py`)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from periderm.model.errors import BusError
from periderm.ports.bus import Bus, Message
from tests.ports.plugs import BUSES, BusPlug


@pytest.fixture(params=BUSES, ids=lambda plug: plug.name)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Bus]]:
    """Opens the same bus as often as it is called."""
    buses: list[Bus] = []

    def open_bus() -> Bus:
        buses.append(request.param.open(tmp_path))
        return buses[-1]

    yield open_bus
    for bus in buses:
        bus.close()


@pytest.fixture
def bus(opened: Callable[[], Bus]) -> Bus:
    """An open, empty bus."""
    return opened()


def drained(bus: Bus, topic: str = "t", group: str = "g", limit: int = 100) -> list[Message]:
    """All that waits, acknowledged."""
    found: list[Message] = []
    while messages := bus.read(topic, group, limit):
        found += messages
        bus.acknowledge(topic, group, messages[-1].offset)
    return found


def test_messages_come_in_order(bus: Bus) -> None:
    """Offsets begin at 0 and grow by one, whatever they hold and however they were published."""
    data = [b"", b"a", bytes(5000), b"\x00\xff" * 9]
    assert bus.publish("t", data[:3]) == 2
    assert bus.publish("t", data[3:]) == 3
    assert bus.read("t", "g") == [Message(number, item) for number, item in enumerate(data)]


def test_the_same_is_read_until_it_is_acknowledged(bus: Bus) -> None:
    """A reader that died in between gets it again; acknowledging less than before takes nothing back."""
    bus.publish("t", [b"0", b"1", b"2", b"3"])
    assert bus.read("t", "g", 2) == bus.read("t", "g", 2) == [Message(0, b"0"), Message(1, b"1")]
    bus.acknowledge("t", "g", 0)
    assert [message.offset for message in bus.read("t", "g", 2)] == [1, 2]
    bus.acknowledge("t", "g", 2)
    bus.acknowledge("t", "g", 1)
    assert [message.offset for message in bus.read("t", "g", 2)] == [3]


def test_groups_and_topics_do_not_touch_each_other(bus: Bus) -> None:
    """Each group has its own place, each topic its own numbers."""
    bus.publish("t", [b"0", b"1"])
    bus.publish("u", [b"x"])
    bus.acknowledge("t", "g", 1)
    assert bus.read("t", "g") == []
    assert [message.data for message in bus.read("t", "h")] == [b"0", b"1"]
    assert [message.data for message in bus.read("u", "g")] == [b"x"]
    assert (bus.pending("t", "g"), bus.pending("t", "h"), bus.pending("u", "g")) == (0, 2, 1)


def test_publishing_nothing_changes_nothing(bus: Bus) -> None:
    """It says where the topic ends."""
    assert bus.publish("t", []) == -1
    bus.publish("t", [b"0", b"1"])
    assert bus.publish("t", []) == 1
    assert bus.pending("t", "g") == 2


def test_what_was_published_and_read_survives_reopening(opened: Callable[[], Bus]) -> None:
    """Messages, numbers and places."""
    first = opened()
    first.publish("t", [b"%d" % number for number in range(500)])
    first.read("t", "g")
    first.acknowledge("t", "g", 41)
    first.close()
    second = opened()
    assert second.pending("t", "g") == 458
    assert second.publish("t", [b"500"]) == 500
    assert [int(message.data) for message in drained(second, limit=7)] == list(range(42, 501))
    second.close()
    assert opened().read("t", "g") == []


def test_numbers_are_not_used_again_after_everything_was_read(opened: Callable[[], Bus]) -> None:
    """Also when the files of what was read are gone."""
    first = opened()
    for number in range(100):
        first.publish("t", [b"%d" % number * 50])
    assert len(drained(first)) == 100
    first.close()
    second = opened()
    assert second.publish("t", [b"x"]) == 100
    assert second.read("t", "g") == [Message(100, b"x")]


def test_waiting(bus: Bus) -> None:
    """False after the time, True at once if something waits, and True when it comes."""
    assert bus.wait("t", "g", 0.01) is False
    seen: list[bool] = []
    thread = threading.Thread(target=lambda: seen.append(bus.wait("t", "g", 60)))
    thread.start()
    time.sleep(0.05)
    bus.publish("t", [b"x"])
    thread.join()
    assert seen == [True]
    assert bus.wait("t", "g", 0) is True
    bus.acknowledge("t", "g", 0)
    assert bus.wait("t", "g", 0) is False


def test_many_threads_publish_at_once(bus: Bus) -> None:
    """Each gets its own numbers, nothing is lost or twice, and each thread's own order holds."""
    ends: list[int] = []

    def publish(sender: int) -> None:
        ends.extend(bus.publish("t", [b"%d %d" % (sender, number)]) for number in range(25))

    threads = [threading.Thread(target=publish, args=(sender,)) for sender in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == list(range(200))
    found = [tuple(map(int, message.data.split())) for message in drained(bus, limit=9)]
    for sender in range(8):
        assert [number for who, number in found if who == sender] == list(range(25))


def test_a_reader_follows_a_writer(bus: Bus) -> None:
    """Reading while others publish gives everything once, in order."""
    found: list[int] = []

    def read() -> None:
        while len(found) < 300:
            bus.wait("t", "g", 5)
            found.extend(int(message.data) for message in drained(bus, limit=4))

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(0, 300, 3):
        bus.publish("t", [b"%d" % n for n in range(number, number + 3)])
    thread.join()
    assert found == list(range(300))


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "A", "a\x00", "x" * 65, ".hidden", "é"])
def test_names_that_are_paths_are_refused(bus: Bus, name: str, tmp_path: Path) -> None:
    """As topic and as group, for every call."""
    for call in (
        lambda: bus.publish(name, [b"x"]),
        lambda: bus.read(name, "g"),
        lambda: bus.read("t", name),
        lambda: bus.wait("t", name, 0),
        lambda: bus.acknowledge("t", name, 0),
        lambda: bus.pending(name, "g"),
    ):
        with pytest.raises(BusError) as caught:
            call()
        assert caught.value.next_step


def test_what_was_never_published_cannot_be_acknowledged(bus: Bus) -> None:
    """A mistake of the caller must not skip what comes later."""
    bus.publish("t", [b"0"])
    with pytest.raises(BusError):
        bus.acknowledge("t", "g", 1)
    assert bus.pending("t", "g") == 1


def test_a_second_writer_is_told(opened: Callable[[], Bus]) -> None:
    """One process writes a topic at a time; when it has ended, the next may."""
    first, second = opened(), opened()
    first.publish("t", [b"0"])
    with pytest.raises(BusError) as caught:
        second.publish("t", [b"1"])
    assert caught.value.next_step
    first.close()
    assert second.publish("t", [b"1"]) == 1


def test_another_process_may_read(opened: Callable[[], Bus]) -> None:
    """A group in one opener sees what another one publishes."""
    writer, reader = opened(), opened()
    writer.publish("t", [b"0"])
    assert reader.wait("t", "g", 5) is True
    assert [message.data for message in drained(reader)] == [b"0"]
    for number in range(1, 200):
        writer.publish("t", [b"%d" % number * 20])
    assert len(drained(reader, limit=11)) == 199


def test_a_closed_bus_says_so(bus: Bus) -> None:
    """An error of ours; closing twice is harmless."""
    bus.publish("t", [b"0"])
    bus.close()
    bus.close()
    with pytest.raises(BusError):
        bus.publish("t", [b"1"])
    with pytest.raises(BusError):
        bus.read("t", "g")


class AsAList(RuleBasedStateMachine):
    """Any sequence of calls and reopenings behaves as a list with a place for each group."""

    plug: BusPlug

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.bus = self.plug.open(Path(self.folder.name))
        self.published: list[bytes] = []
        self.places = {"g": 0, "h": 0}
        for group in self.places:
            self.bus.read("t", group)

    @rule(messages=st.lists(st.one_of(st.binary(max_size=40), st.integers(0, 3000).map(bytes)), max_size=5))
    def publish(self, messages: list[bytes]) -> None:
        self.published += messages
        assert self.bus.publish("t", messages) == len(self.published) - 1

    @rule(group=st.sampled_from("gh"), limit=st.integers(1, 9))
    def read(self, group: str, limit: int) -> None:
        place = self.places[group]
        expected = [Message(number, data) for number, data in enumerate(self.published)][place : place + limit]
        assert list(self.bus.read("t", group, limit)) == expected

    @rule(group=st.sampled_from("gh"), steps=st.integers(-2, 9))
    def acknowledge(self, group: str, steps: int) -> None:
        after = max(0, min(self.places[group] + steps, len(self.published)))
        if after > 0:
            self.bus.acknowledge("t", group, after - 1)
            self.places[group] = max(after, self.places[group])

    @rule()
    def reopen(self) -> None:
        self.bus.close()
        self.bus = self.plug.open(Path(self.folder.name))

    @invariant()
    def pending_is_known(self) -> None:
        if hasattr(self, "places"):
            for group, place in self.places.items():
                assert self.bus.pending("t", group) == len(self.published) - place
                assert self.bus.wait("t", group, 0) is (place < len(self.published))

    def teardown(self) -> None:
        if hasattr(self, "bus"):
            self.bus.close()
            self.folder.cleanup()


@pytest.mark.parametrize("plug", BUSES, ids=lambda plug: plug.name)
def test_a_bus_behaves_as_a_list(plug: BusPlug) -> None:
    """See AsAList."""
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("Machine", (AsAList,), {"plug": plug})
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=30, deadline=None))


def test_a_group_reads_again_what_is_still_there(bus: Bus) -> None:
    """Never forward; what was removed meanwhile is passed over, and told by where it begins."""
    for number in range(10):
        bus.publish("t", [b"%d" % number])
    bus.read("t", "kept", 1)
    bus.acknowledge("t", "g", 9)
    assert bus.rewind("t", "g", 4) == 4
    assert [m.offset for m in bus.read("t", "g")] == [4, 5, 6, 7, 8, 9]
    assert bus.rewind("t", "g", 8) == 4
    assert bus.rewind("t", "g", -1) == 0
