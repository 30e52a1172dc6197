"""What a node says is on disk before it is sent, and is sent until the server took it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from periderm.adapters.bus_local.bus import LocalBus
from periderm.flow.outbox import REFUSED, Outbox
from periderm.model.asset import Container
from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, ScanRequest
from periderm.model.errors import BusError, ConnectError, RefusedError
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession
from tests.flow.conftest import CONTAINER, NODE


class Server:
    """Takes envelopes, or does not answer."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.away = False

    def send(self, envelopes: Sequence[Envelope]) -> None:
        if self.away:
            raise ConnectError("nobody answers")
        self.taken.extend(envelopes)

    def policies(self) -> Sequence[Policy]:
        return ()

    def sessions(self) -> Sequence[AnnouncedSession]:
        return ()

    def inventory(self, image_digest: str) -> ImageInventory | None:
        return None

    def commands(self, node_id: str) -> Sequence[Effect]:
        return ()

    def close(self) -> None:
        pass

    def take_scan(self, worker: str) -> ScanRequest | None:
        return None


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
    assert not outbox.put([NODE] * 9_999)
    assert not outbox.put([CONTAINER] * 11)
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
    thread.join(10)
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


def test_a_name_that_is_not_utf8_stops_nothing(bus: LocalBus) -> None:
    """File names are bytes that an attacker chooses: they arrive escaped."""
    server = Server()
    outbox = Outbox(bus, server, "agent:x")
    assert outbox.put([msgspec.structs.replace(CONTAINER, command=("/tmp/\udcff\udc80",))])
    assert outbox.send_some() == 1
    (arrived,) = server.taken[0].records
    assert isinstance(arrived, Container)
    assert arrived.command == ("/tmp/\\udcff\\udc80",)
