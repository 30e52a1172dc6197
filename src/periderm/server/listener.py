"""A second door of the server, by TLS, on a thread with a loop of its own: what happens to it does not hold up the first. Slow
and too many callers are cut off. Knows nothing of what it serves."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import RequestResponseCycle

from periderm.model.errors import ConnectError, UsageError
from periderm.server.run import STOP_SECONDS, PatientProtocol, bounded, held

HANDSHAKE_SECONDS = 10.0
REFRESH_SECONDS = 20.0
START_SECONDS = 120.0  # of a machine that is very busy; one that fails is told at once
MOST_CONNECTIONS = 4096
MOST_OF_ONE_ADDRESS = 1024  # machines behind one address share it, with three or four connections each
PEER = "peer_certificate"

log = logging.getLogger(__name__)


def place_of(text: str) -> tuple[str, int]:
    """(host, port) of HOST:PORT; an IPv6 address stands in brackets. Raises UsageError."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536):
        raise UsageError(f"{text[:100]!r} is not HOST:PORT.", "Say it like 0.0.0.0:8844 or [::]:8844.")
    try:
        ipaddress.ip_address(host)
    except ValueError as error:
        raise UsageError(f"{host[:100]!r} is not an address.", "Name one of this machine's addresses, or 0.0.0.0.") from error
    return host, int(port)


class BoundedSocket(socket.socket):
    """A listening socket that hangs up on callers who are too many, in all or from one address, before TLS begins: each
    connection costs the whole process a file descriptor."""

    def __init__(self, family: int, most: int = MOST_CONNECTIONS, most_of_one: int = MOST_OF_ONE_ADDRESS) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._most, self._most_of_one = most, most_of_one
        self.held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def accept(self) -> tuple[socket.socket, Any]:
        """As `socket.accept`; asyncio takes the error for a caller who went away again."""
        descriptor, address = self._accept()  # type: ignore[attr-defined]  # as socket.accept does it
        held = _Held(self.family, self.type, self.proto, fileno=descriptor)
        with self._lock:
            if self.held.total() < self._most and self.held[address[0]] < self._most_of_one:
                self.held[address[0]] += 1
                held.ended = lambda: self._end(address[0])
                held.setblocking(False)
                return held, address
        held.close()
        raise ConnectionAbortedError("too many connections")

    def _end(self, address: str) -> None:
        with self._lock:
            self.held[address] -= 1
            if self.held[address] <= 0:
                del self.held[address]


class _Held(socket.socket):
    """Says once when it is closed."""

    ended: Callable[[], None] | None = None

    def close(self) -> None:
        """As `socket.close`."""
        super().close()
        ended, self.ended = self.ended, None
        if ended is not None:
            ended()


def bind_public(place: str) -> BoundedSocket:
    """A listening socket for HOST:PORT. Raises UsageError, ConnectError."""
    host, port = place_of(place)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return held(BoundedSocket(family), (host, port), f"{place} cannot be listened on", "Choose another address or port.")


class PeerProtocol(PatientProtocol):
    """Tells the application whose certificate (DER) the connection showed: in the scope's state, as `peer_certificate`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base class has it
        """Once for a connection; TLS 1.3 knows no new handshake in one."""
        tls = transport.get_extra_info("ssl_object")
        shown = tls.getpeercert(binary_form=True) if tls is not None else None
        self.app_state = {**self.app_state, PEER: shown or b""}
        super().connection_made(transport)

    def shutdown(self) -> None:
        """The server ends. Where no request is under way nothing is waited for, not even the other end's good-bye in TLS."""
        self.ending.set()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            self.transport.abort()
        else:
            super().shutdown()


class _Loop(asyncio.SelectorEventLoop):
    """Waits ten seconds for a handshake, not a minute as asyncio does; uvicorn has no word for it."""

    async def create_server(self, *args: Any, **named: Any) -> asyncio.Server:
        """As asyncio's."""
        return await super().create_server(*args, ssl_handshake_timeout=HANDSHAKE_SECONDS, **named)


@contextmanager
def answering(
    app: ASGIApp,
    listener: socket.socket,
    context: ssl.SSLContext | None,
    refresh: Callable[[], object],
    *,
    lifespan: bool = False,
    connections: int = MOST_CONNECTIONS,
) -> Iterator[None]:
    """While the block runs, the application answers on this socket, by TLS; `refresh` is called every so often to bring the
    context's certificate forward. Without a context, which is for loopback only, in plain words. Raises ConnectError if it does
    not come up."""
    config = bounded(app, PeerProtocol, connections, context=context, lifespan=lifespan)
    server = uvicorn.Server(config)
    up, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        starting = asyncio.ensure_future(server.serve(sockets=[listener]))
        while not server.started and not starting.done():
            await asyncio.sleep(0.01)
        up.set()
        await starting
        for left in tuple(server.server_state.connections):
            left.transport.abort()
        await asyncio.sleep(0)  # what was aborted is told so in the next turn of the loop

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop if context is None else _Loop) as runner:
                runner.run(serve())
        finally:
            up.set()
            listener.close()

    def keep_fresh() -> None:
        while not stop.wait(REFRESH_SECONDS):
            try:
                refresh()
            except (OSError, UsageError) as error:
                log.error("the server's certificate could not be brought forward, it is tried again: %s", error)

    serving = threading.Thread(target=run, name="tls", daemon=True)
    refreshing = threading.Thread(target=keep_fresh, name="tls-certificate", daemon=True)
    serving.start()
    refreshing.start()
    try:
        if not up.wait(START_SECONDS) or not server.started:
            raise ConnectError("The door does not open.", "The log of this process says why.")
        yield
    finally:
        stop.set()
        server.should_exit = True
        serving.join(STOP_SECONDS * 2)
        refreshing.join(1.0)
