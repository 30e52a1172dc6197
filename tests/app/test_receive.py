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
from periderm.app.receive import MOST_ENVELOPES, TOPIC, receive
from periderm.model.envelope import Envelope, Heartbeat
from periderm.model.errors import BusError, DeniedError, FormatError, LimitError
from periderm.model.principal import Permission, Principal
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
