"""A server on a real socket, and callers that speak to it byte by byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette

from periderm.server.run import MOST_CONNECTIONS, PatientProtocol, bounded

PATIENCE = 180  # seconds, of a test that waits


@contextlib.contextmanager
def served(asgi: Any, listener: socket.socket, connections: int = MOST_CONNECTIONS) -> Iterator[None]:
    """As the product serves it."""
    config = bounded(asgi, PatientProtocol, connections, lifespan=isinstance(asgi, Starlette))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


class Door:
    """Where bytes are sent to; with a context by TLS."""

    def __init__(self, place: tuple[str, int], context: ssl.SSLContext | None = None, name: str = "") -> None:
        self.place = place
        self._context = context
        self._name = name

    @contextlib.contextmanager
    def open(self, room: int = 0) -> Iterator[socket.socket]:
        """A connection; `room` is how much may wait to be read."""
        with contextlib.ExitStack() as held:
            plain = held.enter_context(socket.socket())
            if room:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
            plain.settimeout(PATIENCE)
            plain.connect(self.place)
            if self._context is not None:
                yield held.enter_context(self._context.wrap_socket(plain, server_hostname=self._name))
            else:
                yield plain

    def say(self, *parts: bytes) -> bytes:
        """All that comes back until the other end hangs up; it may do so before everything was sent."""
        with self.open() as connection:
            with contextlib.suppress(OSError):
                for part in parts:
                    connection.sendall(part)
            return rest(connection)


def rest(connection: socket.socket) -> bytes:
    """All that comes until the other end hangs up."""
    parts = []
    with contextlib.suppress(ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def statuses(answer: bytes) -> list[int]:
    """Of each answer in what came back, in order."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
