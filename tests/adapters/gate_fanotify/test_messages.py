"""What agent, watchdog and handler say to each other."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.gate_fanotify.messages import Message, Problem, Program, Reader, frame, send
from periderm.ports.guard import GuardPolicy


def test_messages_come_whole_and_in_order() -> None:
    """However they are cut on the way."""
    messages: list[Message] = [
        Problem("a"),
        Program((GuardPolicy(subject_id="c", pid=7, mount_namespace=1),), (5,)),
        Problem("b"),
    ]
    data = b"".join(frame(m) for m in messages)
    one, other = socket.socketpair()
    with one, other:
        reader, found = Reader(other), []
        for byte in data:
            one.send(bytes([byte]))
            found += reader.take()
        assert found == messages
        one.close()
        with pytest.raises(EOFError):
            reader.take()


@given(st.binary(max_size=64))
def test_what_is_no_message_ends_it(data: bytes) -> None:
    """It never hangs, and never takes more memory than a message may have."""
    one, other = socket.socketpair()
    with one, other:
        one.sendall(data)
        one.close()
        reader = Reader(other)
        try:
            reader.take()
        except EOFError:
            return


def test_a_reader_that_does_not_read_blocks_nobody_for_long() -> None:
    """The sender is told."""
    one, other = socket.socketpair()
    with one, other, pytest.raises(TimeoutError):
        send(one, Problem("x" * 10_000_000), 0.05)
