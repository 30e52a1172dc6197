"""A connection's waits are bounded, whoever sleeps on the other side, and an answer is read in bounded pieces."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator

import pytest

from periderm.adapters.registry_http import line
from periderm.adapters.registry_http.line import Answer, Connection, Line


@contextlib.contextmanager
def answered(data: bytes, *, close: bool = True) -> Iterator[Answer]:
    """The answer that such bytes are."""
    ours, theirs = socket.socketpair()
    theirs.sendall(data)
    if close:
        theirs.shutdown(socket.SHUT_WR)
    connection = Connection(Line(ours))
    try:
        yield connection.ask("GET", "/", {"Host": "x"}, b"")
    finally:
        connection.close()
        connection.line.close()
        theirs.close()


def test_a_whole_answer() -> None:
    """Its status, its headers joined, its body."""
    with answered(b"HTTP/1.1 200 OK\r\nX: a\r\nX: b\r\nContent-Length: 5\r\n\r\nhello") as answer:
        assert (answer.status, answer.header("x"), answer.header("none"), answer.length) == (200, "a, b", "", 5)
        assert answer.read(5) == b"hello"
        assert answer.drained()


def test_bodies_that_are_not_read() -> None:
    """A short rest is read so that the connection can be kept; a long one, and one without a length, is not."""
    with answered(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") as answer:
        assert answer.drained()
    with answered(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nhello") as answer:
        assert not answer.drained()
        answer.close()
    with answered(b"HTTP/1.1 200 OK\r\n\r\nhello") as answer:
        assert not answer.drained()
        answer.close()
    with answered(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello") as answer:
        assert not answer.drained()
        answer.close()


def test_what_is_too_long_or_too_short() -> None:
    """Is noticed: by what is promised, by what comes, and by what does not."""
    with answered(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello") as answer, pytest.raises(http.client.IncompleteRead):
        answer.read(100)
    with answered(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n") as answer, pytest.raises(ValueError, match="900"):
        answer.read(100)
    with answered(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101) as answer, pytest.raises(ValueError, match="101"):
        answer.read(100)


def test_chunks() -> None:
    """Are put together."""
    with answered(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") as answer:
        assert answer.read(5) == b"abcde"


def test_time_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a silent server nor one that has used up its time is waited for."""
    monkeypatch.setattr(line, "IDLE_SECONDS", 0.05)
    ours, theirs = socket.socketpair()
    held = Line(ours)
    with pytest.raises(TimeoutError):
        held.receive(memoryview(bytearray(1)))
    theirs.sendall(b"x")
    held.until = 0.0
    with pytest.raises(TimeoutError, match="too slow"):
        held.receive(memoryview(bytearray(1)))
    held.close()
    theirs.close()


def test_a_line_is_closed_when_its_last_reader_is() -> None:
    """As a socket is: http.client closes the connection while the body is still to come."""
    ours, theirs = socket.socketpair()
    held = Line(ours)
    reader = held.makefile("rb")
    held.close()
    threading.Thread(target=theirs.sendall, args=(b"abc",)).start()
    assert reader.read(3) == b"abc"
    reader.close()
    assert ours.fileno() == -1
    theirs.close()
