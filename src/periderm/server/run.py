"""Runs the server on loopback until SIGTERM or SIGINT. Slow callers are cut off; what runs is finished first."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from periderm.app.application import Application
from periderm.model.errors import ConnectError, UsageError
from periderm.server.create import create_server
from periderm.server.waiting import ENDING

HEADER_SECONDS = 10.0
HEADER_BYTES = 32 * 1024
IDLE_SECONDS = 30
READ_SECONDS = 30.0
MOST_CONNECTIONS = 512
STOP_SECONDS = 5
Listener = TypeVar("Listener", bound=socket.socket)


class PatientProtocol(H11Protocol):
    """uvicorn waits for ever for the end of a request's head; this waits ten seconds. Bodies have their own limit.
    It also waits for ever for who asks and does not read; this waits half a minute for some progress."""

    _head: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.ending = asyncio.Event()  # who waits for an answer in the application hears of it

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base class has it
        """The clock starts with the connection, not with the first byte."""
        self.app_state = {**self.app_state, ENDING: self.ending}
        super().connection_made(transport)
        self._wait_for_head()
        # What is left of an answer when it was written whole is the kernel's to give up (tcp(7)): nothing taken for so long.
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(READ_SECONDS * 1000))

    def data_received(self, data: bytes) -> None:
        """Stop the clock when a whole head has come; start it when a next request has begun."""
        super().data_received(data)
        # The base class says None until a request's head is complete, though it is not typed so.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._stop_clock()
        elif self._head is None and not self.transport.is_closing():
            self._wait_for_head()

    def on_response_complete(self) -> None:
        """Between requests uvicorn's own keep-alive clock runs."""
        self._stop_clock()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._stop_clock()
        self._is_read()
        self.ending.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server ends: who waits is answered now."""
        self.ending.set()
        super().shutdown()

    def pause_writing(self) -> None:
        """More than the buffer holds waits to be read: a part of it must go within the time."""
        super().pause_writing()
        self._unread = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """A part of it went."""
        self._is_read()
        super().resume_writing()

    def _is_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _wait_for_head(self) -> None:
        self._head = self.loop.call_later(HEADER_SECONDS, self._too_slow)

    def _stop_clock(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _too_slow(self) -> None:
        self._head = None
        # Not `close`, which waits until all is read that was written.
        self.transport.abort()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UsageError for an address that is not loopback, ConnectError if the port is taken."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise UsageError(f"{host!r} is not an address.", "Use 127.0.0.1 or ::1.") from error
    if not address.is_loopback:
        raise UsageError(f"{host} is not a loopback address.", "The server listens on loopback only, for now.")
    listener = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    return held(listener, (host, port), f"Port {port} on {host} cannot be used", "Choose another with PERIDERM_PORT.")


def held(listener: Listener, place: tuple[str, int], told: str, otherwise: str) -> Listener:
    """The socket, bound to its place. Raises ConnectError, which begins with `told`; the socket is closed then."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Else the end of a long answer waits 40 ms for the other side: asyncio sets it only where the protocol is named.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind(place)
    except OSError as error:
        listener.close()
        raise ConnectError(f"{told}: {error.strerror}.", otherwise) from error
    return listener


def bounded(
    app: ASGIApp,
    protocol: type[PatientProtocol],
    connections: int,
    *,
    context: ssl.SSLContext | None = None,
    lifespan: bool = True,
) -> uvicorn.Config:
    """How every socket of ours is served: what is slow, oversized or too many is cut off, nobody's word for another address is
    believed. With `context` by TLS."""
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="on" if lifespan else "off",
        log_config=None,  # as all other messages of this process
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=HEADER_BYTES,
        limit_concurrency=connections,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        # uvicorn loads files itself; a context that is ours can be brought forward while it runs.
        ssl_context_factory=None if context is None else lambda _config, _default: context,
    )


def serve(
    app: Application,
    service_token: str,
    *,
    listener: socket.socket | None = None,
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Serves until a signal, then finishes what runs within five seconds and returns. Call it from the main thread.

    `listener` is a bound socket, else one is made from the settings; `on_ready` is called when requests are answered.
    """
    box: list[uvicorn.Server] = []
    server_app = create_server(app, service_token, stopping=lambda: bool(box) and box[0].should_exit)
    own = listener or bind(app.settings.host, app.settings.port)
    config = bounded(server_app, PatientProtocol, MOST_CONNECTIONS)
    server = _Telling(config, on_ready)
    box.append(server)
    # uvicorn raises the signal again when it has stopped; its end is ours to decide, so that call must do nothing.
    before = {s: signal.signal(s, _ignore) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=[own])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        own.close()


def _ignore(number: int, frame: object) -> None:
    del number, frame


class _Telling(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, and then the word."""
        await super().startup(sockets)
        if self.started and self._on_ready is not None:
            self._on_ready()
