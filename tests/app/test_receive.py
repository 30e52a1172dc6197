"""Taking what agents send: durable before yes, and all or nothing."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.bus_local.bus import LocalBus
from periderm.app.application import Application
from periderm.app.receive import MOST_ENVELOPES, TOPIC, place_of, receive
from periderm.flow.gathering import TOPIC as SEEN
from periderm.flow.quota import Quota
from periderm.model.envelope import FORM, Envelope, Heartbeat, SeenEvents
from periderm.model.errors import BusError, DeniedError, FormatError, LimitError, NewerError, RestoredError
from periderm.model.principal import Permission, Principal
from tests.fleets import MovedClock, close
from tests.fleets import application as server_of
from tests.story import application

AGENT = Principal("service", frozenset({Permission.INGEST}))


def envelope(sequence: int) -> Envelope:
    """A small one."""
    beat = Heartbeat(role="agent", node_id="nod-1", pid=7, time=5, version="0.1.0")
    return Envelope(sender="agent-1", sequence=sequence, records=(beat,))


def test_each_envelope_is_a_message_with_its_own_bytes(tmp_path: Path) -> None:
    """What is read from the topic is what was sent, in order."""
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, bus=bus)
    sent = [envelope(1), envelope(2)]
    bus.read(TOPIC, "test")
    assert receive(app, AGENT, msgspec.msgpack.encode(sent)) == 2
    assert receive(app, AGENT, msgspec.msgpack.encode([])) == 0
    again = [msgspec.msgpack.decode(m.data, type=Envelope) for m in bus.read(TOPIC, "test")]
    assert again == sent
    bus.close()
    app.store.close()


class Refusing:
    """A bus on a full disk: it counts and refuses."""

    def __init__(self) -> None:
        self.asked = 0

    def publish(self, topic: str, messages: object) -> int:
        """Never durable."""
        self.asked += 1
        raise BusError("The spool's disk is full.")


def test_nothing_is_acknowledged_that_is_not_durable(empty: Application) -> None:
    """The bus's refusal reaches the caller."""
    bus = Refusing()
    app = Application(empty.store, empty.clock, empty.settings, bus)  # type: ignore[arg-type]  # only publish is called
    with pytest.raises(BusError):
        receive(app, AGENT, msgspec.msgpack.encode([envelope(1)]))
    assert bus.asked == 1


def test_one_bad_envelope_refuses_the_whole_request(empty: Application) -> None:
    """So that a sender that is told no may send all of it again."""
    bus = Refusing()
    app = Application(empty.store, empty.clock, empty.settings, bus)  # type: ignore[arg-type]  # only publish is called
    bad = msgspec.msgpack.encode([envelope(1), {"sender": 5}])
    with pytest.raises(FormatError, match="envelopes"):
        receive(app, AGENT, bad)
    assert bus.asked == 0


def test_rows_beyond_a_machines_share_never_reach_the_disk(tmp_path: Path) -> None:
    """They are said to be taken, so that they are not sent for ever, and counted; alerts beside them and other machines are not
    hit, and neither are processes of the server's own machine."""
    bus = LocalBus(str(tmp_path / "spool"))
    plain = application(tmp_path, bus=bus)
    quota = Quota(plain.clock, room=1_000, days=1, rate=10)
    app = msgspec.structs.replace(plain, quota=quota)
    for topic in (SEEN, TOPIC):
        bus.read(topic, "test")

    def rows(node: str, sequence: int, count: int) -> Envelope:
        return Envelope(sender="a", sequence=sequence, records=(SeenEvents(node_id=node, rows=count, data=b"x" * 600),))

    def machine(name: str) -> Principal:
        return Principal(f"node:{name}", frozenset({Permission.INGEST}), name)

    assert receive(app, machine("n1"), msgspec.msgpack.encode([rows("n1", 1, 1), rows("n1", 2, 3), envelope(3)])) == 3
    assert receive(app, machine("n2"), msgspec.msgpack.encode([rows("n2", 1, 1)])) == 1
    assert receive(app, AGENT, msgspec.msgpack.encode([rows("n0", 1, 1_000_000)])) == 1
    kept = [msgspec.msgpack.decode(m.data, type=Envelope) for m in bus.read(SEEN, "test")]
    assert [(each.node_id, each.sequence) for each in kept] == [("n1", 1), ("n2", 1), ("", 1)]
    assert len(bus.read(TOPIC, "test")) == 1
    assert {node: shed.rows for node, shed in quota.told().items()} == {"n1": 3}
    bus.close()
    app.store.close()


def test_too_many_are_refused(empty: Application) -> None:
    """The number is bounded before anything is decoded."""
    app = Application(empty.store, empty.clock, empty.settings, Refusing())  # type: ignore[arg-type]  # only publish
    with pytest.raises(LimitError):
        receive(app, AGENT, msgspec.msgpack.encode([None] * (MOST_ENVELOPES + 1)))


@given(st.binary(max_size=300))
def test_any_bytes_give_a_clear_error(body: bytes) -> None:
    """A hostile sender gets FormatError, nothing else."""
    app = Application(None, None, None, Refusing())  # type: ignore[arg-type]  # nothing but the bus may be touched
    with contextlib.suppress(FormatError, BusError):
        assert receive(app, AGENT, body) == 0


def test_only_our_own_processes_send(empty: Application) -> None:
    """A person's session is not enough, and without a bus nothing is taken."""
    with pytest.raises(DeniedError):
        receive(empty, Principal("user:ada", frozenset({Permission.READ})), b"\x90")
    with pytest.raises(BusError):
        receive(empty, AGENT, b"\x90")


@pytest.mark.parametrize(
    "body",
    [
        b"\x91" * 100_000,
        msgspec.msgpack.encode([envelope(1)]).replace(b"agent-1", b"agent-\xff"),
        msgspec.msgpack.encode([envelope(1)]).replace(b"nod-1", b"n\xe0d-1"),
    ],
)
def test_what_no_decoder_expects_is_a_format_error(tmp_path: Path, body: bytes) -> None:
    """Nesting without end, and names that are not UTF-8: told to the caller, and nothing reaches the spool."""
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, bus=bus)
    try:
        with pytest.raises(FormatError):
            receive(app, AGENT, body)
        assert list(bus.read(TOPIC, "test")) == []
    finally:
        bus.close()
        app.store.close()


NODE = Principal("node:node-1", frozenset({Permission.INGEST}), "node-1")


def test_what_a_node_sends_is_marked_as_its_own(tmp_path: Path) -> None:
    """Whatever it says of itself: nobody else's sequence can be meant, and no process of this machine either."""
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, bus=bus)
    bus.read(TOPIC, "test")
    forged = msgspec.structs.replace(envelope(1), node_id="node-victim", skew=7)
    receive(app, NODE, msgspec.msgpack.encode([envelope(1), forged]))
    receive(app, AGENT, msgspec.msgpack.encode([forged]))
    first, second, local = (msgspec.msgpack.decode(m.data, type=Envelope) for m in bus.read(TOPIC, "test"))
    assert first == msgspec.structs.replace(envelope(1), sender="node-1/agent-1", node_id="node-1")
    assert second == first
    assert local == envelope(1)
    bus.close()
    app.store.close()


def test_a_clock_that_is_off_is_noted(tmp_path: Path) -> None:
    """Half a minute and more, before or behind; less may be the network's."""
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, bus=bus)
    bus.read(TOPIC, "test")
    for off in (3600, -3600, 5, 0):
        receive(app, NODE, msgspec.msgpack.encode([envelope(1)]), clock=app.clock.now() + off * 10**9)
    receive(app, NODE, msgspec.msgpack.encode([envelope(1)]))
    skews = [msgspec.msgpack.decode(m.data, type=Envelope).skew for m in bus.read(TOPIC, "test")]
    assert skews == [3600 * 10**9, -3600 * 10**9, 0, 0, 0]
    bus.close()
    app.store.close()


def test_a_sender_of_the_last_version_is_understood(tmp_path: Path) -> None:
    """It wrote neither form, nor node, nor skew."""
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, bus=bus)
    bus.read(TOPIC, "test")
    beat = {"type": "heartbeat", "role": "agent", "node_id": "node-1", "pid": 7, "time": 5, "version": "0.0.9"}
    old = {"sender": "agent-1", "sequence": 3, "records": [beat]}
    assert receive(app, NODE, msgspec.msgpack.encode([old])) == 1
    (message,) = bus.read(TOPIC, "test")
    taken = msgspec.msgpack.decode(message.data, type=Envelope)
    assert (taken.form, taken.sequence, len(taken.records)) == (1, 3, 1)
    bus.close()
    app.store.close()


def test_a_sender_of_a_version_to_come_waits(tmp_path: Path) -> None:
    """It is told so, and is not refused for ever: what it says is not known yet, and must not be set aside."""
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, bus=bus)
    later = {"sender": "agent-1", "sequence": 3, "form": FORM + 1, "records": [{"type": "of-a-later-version"}]}
    with pytest.raises(NewerError, match="Upgrade the server"):
        receive(app, NODE, msgspec.msgpack.encode([msgspec.to_builtins(envelope(1)), later]))
    assert bus.pending(TOPIC, "test") == 0
    bus.close()
    app.store.close()


def test_rows_of_events_go_a_way_of_their_own(tmp_path: Path) -> None:
    """Alerts do not wait behind them; both are durable when the call returns."""
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, bus=bus)
    for topic in (TOPIC, SEEN):
        bus.read(topic, "test")
    rows = Envelope(sender="agent", sequence=3, records=(SeenEvents(node_id="n", rows=1, data=b"x"),))
    assert receive(app, AGENT, msgspec.msgpack.encode([envelope(1), rows, envelope(2)])) == 3
    told = {topic: [msgspec.msgpack.decode(m.data, type=Envelope) for m in bus.read(topic, "test")] for topic in (TOPIC, SEEN)}
    assert told == {TOPIC: [envelope(1), envelope(2)], SEEN: [rows]}
    bus.close()
    app.store.close()


def test_a_server_with_another_life_takes_nothing_before_it_was_asked(tmp_path: Path) -> None:
    """Sent for the life before its restore, it is refused whole; who never asked is taken as ever. Each node is told of its own
    senders only."""
    app = msgspec.structs.replace(server_of(tmp_path, MovedClock()), life="second")
    try:
        node = Principal("node:n", frozenset({Permission.INGEST}), "n")
        envelope = Envelope(sender="agent:x", sequence=3, records=())
        with pytest.raises(RestoredError):
            receive(app, node, msgspec.msgpack.encode([msgspec.structs.replace(envelope, life="first")]))
        assert receive(app, node, msgspec.msgpack.encode([envelope])) == 1
        assert receive(app, node, msgspec.msgpack.encode([msgspec.structs.replace(envelope, life="second")])) == 1
        app.store.mark_seen("n/agent:x", 3)
        assert place_of(app, node, ["agent:x"]).seen == {"agent:x": 3}
        assert place_of(app, Principal("node:m", frozenset({Permission.INGEST}), "m"), ["agent:x"]).seen == {"agent:x": -1}
        with pytest.raises(LimitError):
            place_of(app, node, ["x"] * 17)
    finally:
        close(app)
