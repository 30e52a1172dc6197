"""What a node says is on disk before it is sent, and is sent until the server took it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.flow.outbox import DETAIL, REFUSED, Outbox, ShortMemory
from periderm.model.alert import Alert
from periderm.model.asset import Container
from periderm.model.baseline_news import BaselineNews
from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, Heartbeat, ScanRequest
from periderm.model.errors import BusError, ConnectError, FullError, RefusedError, RestoredError
from periderm.model.image import ImageInventory
from periderm.model.orders import Known, Orders, Place
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession
from tests.flow.conftest import CONTAINER, NODE
from tests.ports.plugs import alert


class Server:
    """Takes envelopes, or does not answer."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.away = False

    def send(self, envelopes: Sequence[Envelope]) -> None:
        if self.away:
            raise ConnectError("nobody answers")
        self.taken.extend(envelopes)

    def place(self, senders: Sequence[str]) -> Place | None:
        if self.away:
            raise ConnectError("nobody answers")
        return None

    def orders(self, known: Known) -> Orders:
        return Orders()

    def interrupt(self) -> None:
        self.away = True

    def policies(self) -> Sequence[Policy]:
        return ()

    def sessions(self) -> Sequence[AnnouncedSession]:
        return ()

    def inventory(self, image_digest: str) -> ImageInventory | None:
        return None

    def baselines(self, known: Mapping[str, str]) -> Sequence[BaselineNews]:
        return ()

    def commands(self, node_id: str) -> Sequence[Effect]:
        return ()

    def close(self) -> None:
        pass

    def take_scan(self, worker: str, *, node_id: str = "", registries: bool = True) -> ScanRequest | None:
        return None

    def renew_scan(self, worker: str, image_digest: str, doing: str, done: float, *, sending: bool = False) -> bool:
        return True

    def put_back_scan(self, worker: str, image_digest: str) -> None:
        pass


def test_survives_a_restart_and_keeps_order(tmp_path: Path) -> None:
    """What was put while the server was away arrives after a restart of the agent, in order, under one growing sequence."""
    server = Server()
    server.away = True
    bus = LocalBus(str(tmp_path))
    first = Outbox(bus, server, "agent:x")
    assert first.put([NODE])
    assert first.put([CONTAINER])
    assert first.pending() == 2
    bus.close()

    server.away = False
    bus = LocalBus(str(tmp_path))
    second = Outbox(bus, server, "agent:x")
    assert second.send_some() == 2
    assert [e.records for e in server.taken] == [(NODE,), (CONTAINER,)]
    assert server.taken[0].sequence < server.taken[1].sequence
    assert second.pending() == 0
    assert second.send_some() == 0
    bus.close()


def test_not_acknowledged_is_sent_again(bus: LocalBus) -> None:
    """Nothing is acknowledged that the server has not taken."""
    server = Server()
    outbox = Outbox(bus, server, "agent:x")
    outbox.put([NODE])
    server.away = True
    try:
        outbox.send_some()
    except ConnectError:
        pass
    else:
        raise AssertionError("the error must be told")
    assert outbox.pending() == 1
    server.away = False
    assert outbox.send_some() == 1
    assert len(server.taken) == 1


def test_full_disk_holds_in_memory_and_counts_what_falls_out() -> None:
    """When the spool refuses, records wait in memory within a bound, and what falls out is counted, not hidden."""

    class Full(LocalBus):
        refuse = True

        def __init__(self) -> None:
            self.published: list[bytes] = []

        def publish(self, topic: str, messages: Sequence[bytes]) -> int:
            if self.refuse:
                raise BusError("the disk is full")
            self.published.extend(messages)
            return 0

    full = Full()
    outbox = Outbox(full, Server(), "agent:x")
    assert not outbox.put([alert()] * 9_999)
    assert not outbox.put([alert()] * 11)
    assert outbox.dropped == 10
    assert "full" in outbox.problem
    full.refuse = False
    assert outbox.put([])
    assert len(full.published) == 1
    assert outbox.problem == ""


def test_run_sends_what_waits_before_it_ends(bus: LocalBus) -> None:
    """Stopping sends what was put before, if the server answers."""
    server = Server()
    outbox = Outbox(bus, server, "agent:x")
    stop = threading.Event()
    thread = threading.Thread(target=outbox.run, args=(stop,))
    thread.start()
    for _ in range(20):
        outbox.put([NODE])
    stop.set()
    thread.join(180)
    assert not thread.is_alive()
    assert len(server.taken) == 20


def test_what_the_server_never_takes_holds_up_nothing(bus: LocalBus) -> None:
    """A message that is refused is set aside on disk and counted; those around it arrive."""

    class Strict(Server):
        def send(self, envelopes: Sequence[Envelope]) -> None:
            if any(CONTAINER in e.records for e in envelopes):
                raise RefusedError("this one never")
            super().send(envelopes)

    server = Strict()
    outbox = Outbox(bus, server, "agent:x")
    outbox.put([NODE])
    outbox.put([CONTAINER])
    outbox.put([NODE])
    assert outbox.send_some() == 3
    assert outbox.pending() == 0
    assert len(server.taken) == 2
    assert outbox.refused == 1
    assert len(bus.read(REFUSED, "test")) == 1


def test_detail_that_the_server_never_takes_is_counted_and_not_kept(bus: LocalBus) -> None:
    """It comes anew every second: kept, it would fill the disk. What matters and is refused goes on being set aside, until
    there is no room for that either; then it is counted alone, and still nothing is held up."""

    class Strict(Server):
        def send(self, envelopes: Sequence[Envelope]) -> None:
            raise RefusedError("never")

    outbox = Outbox(bus, Strict(), "agent:x")
    outbox.put([Heartbeat(role="agent", node_id=NODE.id, pid=1, time=1, version="1")])
    assert outbox.send_some() == 1
    assert (outbox.refused, list(bus.read(REFUSED, "test"))) == (1, [])
    real = bus.publish

    def full(topic: str, messages: Sequence[bytes]) -> int:
        if topic == REFUSED:
            raise FullError("no room")
        return real(topic, messages)

    bus.publish = full  # type: ignore[method-assign]  # its bound is reached
    outbox.put([NODE])
    assert outbox.send_some() == 1
    assert (outbox.refused, outbox.pending()) == (2, 0)


def test_a_name_that_is_not_utf8_stops_nothing(bus: LocalBus) -> None:
    """File names are bytes that an attacker chooses: they arrive escaped."""
    server = Server()
    outbox = Outbox(bus, server, "agent:x")
    assert outbox.put([msgspec.structs.replace(CONTAINER, command=("/tmp/\udcff\udc80",))])
    assert outbox.send_some() == 1
    (arrived,) = server.taken[0].records
    assert isinstance(arrived, Container)
    assert arrived.command == ("/tmp/\\udcff\\udc80",)


def beat(number: int) -> Heartbeat:
    """A sign of life, as large as a few figures make it."""
    figures = {f"figure-{n}": float(n) for n in range(20)}
    return Heartbeat(role="agent", node_id="n", pid=1, time=number, version="1", figures=figures)


def test_in_a_full_spool_the_oldest_detail_goes_first_and_is_counted(tmp_path: Path) -> None:
    """While the server is away the spool stays within its bound; alerts stay, signs of life are given up from the oldest on."""
    server = Server()
    bus = LocalBus(str(tmp_path), segment_bytes=4_000, cap_bytes=1_000_000, caps={DETAIL: 20_000})
    outbox = Outbox(bus, server, "agent:x")
    for number in range(200):
        assert outbox.put([beat(number), alert(number)])
        size = sum(path.stat().st_size for path in (tmp_path / DETAIL).iterdir() if path.is_file())
        assert size <= 25_000
    while outbox.send_some():
        pass
    taken = [record for envelope in server.taken for record in envelope.records]
    assert [r.id for r in taken if isinstance(r, Alert)] == [f"alt-{n:04}" for n in range(200)]
    beats = [r.time for r in taken if isinstance(r, Heartbeat)]
    assert beats == list(range(200 - len(beats), 200))
    assert outbox.shed == 200 - len(beats) > 0
    assert (outbox.lost, outbox.dropped) == (0, 0)
    bus.close()


def test_what_matters_is_bounded_too_and_said(tmp_path: Path) -> None:
    """An agent that is alone for ever does not fill its disk: the newest alerts stay, the others are counted as lost."""
    server = Server()
    bus = LocalBus(str(tmp_path), segment_bytes=4_000, cap_bytes=30_000)
    outbox = Outbox(bus, server, "agent:x")
    for number in range(300):
        assert outbox.put([alert(number)])
    while outbox.send_some():
        pass
    taken = [r.id for envelope in server.taken for r in envelope.records if isinstance(r, Alert)]
    assert taken == [f"alt-{n:04}" for n in range(300 - len(taken), 300)]
    assert outbox.lost == 300 - len(taken) > 0
    bus.close()


def test_the_two_kinds_have_sequences_of_their_own(tmp_path: Path) -> None:
    """The server takes each (sender, sequence) once: the two topics count apart, so they are two senders."""
    server = Server()
    bus = LocalBus(str(tmp_path))
    outbox = Outbox(bus, server, "agent:x")
    outbox.put([alert(), beat(1)])
    assert outbox.pending() == 2
    assert outbox.send_some() == 2
    assert {e.sender for e in server.taken} == {"agent:x", "agent:x:detail"}
    assert len({(e.sender, e.sequence) for e in server.taken}) == 2
    bus.close()


class Restored(Server):
    """A server with a life, which may be put back to an earlier day."""

    def __init__(self) -> None:
        super().__init__()
        self.life = "first"

    def place(self, senders: Sequence[str]) -> Place | None:
        seen = {name: max((e.sequence for e in self.taken if e.sender == name), default=-1) for name in senders}
        return Place(life=self.life, seen=seen)

    def send(self, envelopes: Sequence[Envelope]) -> None:
        if any(envelope.life != self.life for envelope in envelopes):
            raise RestoredError("another life")
        super().send(envelopes)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_server_put_back_from_a_copy_is_sent_what_it_missed(tmp_path: Path, *, restarted: bool) -> None:
    """In order and before anything newer, also by an agent that was started anew meanwhile."""
    server, memory = Restored(), ShortMemory()
    bus = LocalBus(str(tmp_path))
    outbox = Outbox(bus, server, "agent:x", keep=100, memory=memory)
    for number in range(30):
        outbox.put([alert(number)])
        outbox.send_some()
    server.taken = [e for e in server.taken if e.sequence < 10]
    server.life = "second"
    if restarted:
        outbox = Outbox(bus, server, "agent:x", keep=100, memory=memory)
    outbox.put([alert(30)])
    while outbox.send_some():
        pass
    assert [e.sequence for e in server.taken] == list(range(31))
    assert outbox.gone == 0
    bus.close()


def test_what_is_no_longer_kept_is_counted(tmp_path: Path) -> None:
    """So many messages stay and no more; a restored server that lacks older ones makes that known."""
    server = Restored()
    bus = LocalBus(str(tmp_path), segment_bytes=1_000)
    outbox = Outbox(bus, server, "agent:x", keep=10)
    for number in range(50):
        outbox.put([alert(number)])
        outbox.send_some()
    server.taken, server.life = [], "second"
    outbox.put([alert(50)])
    while outbox.send_some() or outbox.pending():
        pass
    told = [e.sequence for e in server.taken]
    assert told == list(range(51 - len(told), 51))
    assert 10 <= len(told) < 51
    assert outbox.gone == 51 - len(told)
    bus.close()


def test_what_is_kept_makes_room_before_what_waits(tmp_path: Path) -> None:
    """In a full spool nothing is given up that the server has not taken, as long as there is something that it has."""
    server = Restored()
    bus = LocalBus(str(tmp_path), segment_bytes=2_000, cap_bytes=40_000)
    outbox = Outbox(bus, server, "agent:x", keep=10_000)
    for number in range(300):
        assert outbox.put([alert(number)])
        outbox.send_some()
    assert (outbox.lost, outbox.dropped) == (0, 0)
    assert len(server.taken) == 300
    bus.close()


def test_what_was_given_up_is_known_to_the_next_process(tmp_path: Path) -> None:
    """One that is killed before it could say so leaves the count; what was said is not said again."""
    bus = LocalBus(str(tmp_path), segment_bytes=2000, cap_bytes=8000)
    server, kept = Server(), ShortMemory()
    server.away = True
    killed = Outbox(bus, server, "agent:x", shedding=kept)
    for number in range(200):
        assert killed.put([alert(number)])
    assert killed.lost > 0
    second = Outbox(bus, server, "agent:x", shedding=kept)
    assert second.lost == killed.lost
    second.told(second.shed, second.lost)
    assert Outbox(bus, server, "agent:x", shedding=kept).lost == 0
    kept.write("no numbers")
    assert Outbox(bus, server, "agent:x", shedding=kept).lost == 0
    bus.close()
