"""Runs the server on loopback until SIGTERM or SIGINT. Slow callers are cut off; what runs is finished first."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
from collections.abc import Callable

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from periderm.app.application import Application
from periderm.model.errors import ConnectError, UsageError
from periderm.server.create import create_server

HEADER_SECONDS = 10.0
HEADER_BYTES = 32 * 1024
IDLE_SECONDS = 30
MOST_CONNECTIONS = 512
STOP_SECONDS = 5


class PatientProtocol(H11Protocol):
    """uvicorn waits for ever for the end of a request's head; this waits ten seconds. Bodies have their own limit."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base class has it
        """The clock starts with the connection, not with the first byte."""
        super().connection_made(transport)
        self._wait_for_head()

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
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._head = self.loop.call_later(HEADER_SECONDS, self._too_slow)

    def _stop_clock(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _too_slow(self) -> None:
        self._head = None
        if not self.transport.is_closing():
            self.transport.close()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UsageError for an address that is not loopback, ConnectError if the port is taken."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise UsageError(f"{host!r} is not an address.", "Use 127.0.0.1 or ::1.") from error
    if not address.is_loopback:
        raise UsageError(f"{host} is not a loopback address.", "The server listens on loopback only, for now.")
    listener = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConnectError(
            f"Port {port} on {host} cannot be used: {error.strerror}.", "Choose another with PERIDERM_PORT."
        ) from error
    return listener


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
    config = uvicorn.Config(
        server_app,
        http=PatientProtocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=HEADER_BYTES,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
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
