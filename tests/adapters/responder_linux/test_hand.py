"""The privileged process: effects go over, answers come back, and its end is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import msgspec
import pytest

from periderm.adapters.responder_linux.hand import Answer, HandedResponder, Request, carry_out, receive, send, serve
from periderm.model.effect import CaptureForensics, IsolateContainer, KillProcess
from periderm.model.errors import ResponderError
from tests.flow.test_interpret import Noting, every


@pytest.fixture
def pair() -> Iterator[tuple[HandedResponder, Noting, Noting]]:
    """The agent's side, what it does itself, and the other process's responder."""
    streams = socket.socketpair(), socket.socketpair()
    own, other = Noting(), Noting()
    thread = threading.Thread(target=serve, args=([s[1] for s in streams], other))
    thread.start()
    handed = HandedResponder(own, streams[0][0], streams[1][0])
    yield handed, own, other
    handed.close()
    thread.join(30)


def test_each_effect_is_done_once_where_it_belongs(pair: tuple[HandedResponder, Noting, Noting]) -> None:
    """Signals and cgroups here, what needs more over there."""
    handed, own, other = pair
    kill, pause, resume, tree, whole, isolate, reconnect, take, restore, capture = every()
    handed.kill_process(kill)
    handed.pause_container(pause)
    handed.resume_container(resume)
    handed.kill_tree(tree)
    handed.kill_container(whole)
    handed.isolate_container(isolate)
    handed.reconnect_container(reconnect)
    handed.quarantine_file(take)
    handed.restore_file(restore)
    assert handed.capture_forensics(capture, b"events").en == "it was done"
    assert own.done == [kill, pause, resume, tree, whole]
    assert other.done == [isolate, reconnect, take, restore, capture]
    assert other.events == b"events"
    assert handed.targets(kill) == ()


def test_a_failure_comes_back_with_its_reason(pair: tuple[HandedResponder, Noting, Noting]) -> None:
    """And the next one is carried out all the same."""
    handed, _, other = pair
    other.failure = "the disk is full"
    isolate = next(e for e in every() if isinstance(e, IsolateContainer))
    with pytest.raises(ResponderError, match="the disk is full"):
        handed.isolate_container(isolate)
    other.failure = ""
    handed.isolate_container(isolate)


def test_the_end_of_the_other_process_is_told() -> None:
    """No response waits for ever."""
    streams = socket.socketpair(), socket.socketpair()
    handed = HandedResponder(Noting(), streams[0][0], streams[1][0])
    for stream in streams:
        stream[1].close()
    capture = next(e for e in every() if isinstance(e, CaptureForensics))
    with pytest.raises(ResponderError, match="has ended"):
        handed.capture_forensics(capture, b"")
    handed.close()


def test_what_the_agent_does_itself_is_not_done_for_it() -> None:
    """Only what needs the privilege goes over."""
    noting = Noting()
    kill = next(e for e in every() if isinstance(e, KillProcess))
    assert carry_out(noting, Request(kill)).what
    assert noting.done == []


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\x05\0\0\0abc", b""])
def test_a_broken_message_ends_the_conversation(data: bytes) -> None:
    """A length out of bounds, a cut message, none."""
    one, other = socket.socketpair()
    with one, other:
        one.sendall(data)
        one.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError):
            receive(other)


def test_messages_keep_their_bounds() -> None:
    """Two of them are two."""
    one, other = socket.socketpair()
    with one, other:
        send(one, b"a")
        send(one, msgspec.msgpack.encode(Answer(what="x")))
        assert receive(other) == b"a"
        assert msgspec.msgpack.decode(receive(other), type=Answer).what == "x"
