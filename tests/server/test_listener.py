"""The door by TLS: callers who are too many, too slow, or hold on are no burden."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.authority_local.tls import ServerTls
from periderm.model.errors import ConnectError, UsageError
from periderm.server import listener as module
from periderm.server.listener import PEER, BoundedSocket, answering, bind_public, place_of
from tests.fleets import MovedClock


async def whoami(request: Request) -> Response:
    """How large the certificate is that the connection showed."""
    return PlainTextResponse(str(len(request.scope["state"][PEER])))


APP = Starlette(routes=[Route("/", whoami)])


@pytest.fixture
def tls(tmp_path: Path) -> ServerTls:
    """Of an authority that nobody knows."""
    clock = MovedClock()
    return ServerTls(LocalAuthority(str(tmp_path / "ca"), clock.now()), (), clock.now)


def bound(most: int = 100, most_of_one: int = 100) -> BoundedSocket:
    """On a free port of loopback."""
    made = BoundedSocket(socket.AF_INET, most, most_of_one)
    made.bind(("127.0.0.1", 0))
    return made


def ask(port: int) -> bytes:
    """One request by TLS from a stranger, and all of the answer."""
    context = ssl._create_unverified_context()  # noqa: S323  # a stranger, who verifies nothing
    with (
        socket.create_connection(("127.0.0.1", port), timeout=180) as plain,
        context.wrap_socket(plain) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        parts = []
        with contextlib.suppress(ssl.SSLEOFError, ConnectionResetError):
            while part := connection.recv(4096):
                parts.append(part)
    return b"".join(parts)


def test_who_shows_no_certificate_is_told_apart(tls: ServerTls) -> None:
    """The application sees that there is none."""
    listener = bound()
    with answering(APP, listener, tls.context, tls.refresh):
        assert ask(listener.getsockname()[1]).endswith(b"\r\n\r\n0")


def test_too_many_of_one_address_are_hung_up_on_and_others_are_not_kept_waiting(
    tls: ServerTls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections that say nothing hold their places; when they go, the places are free again."""
    monkeypatch.setattr(module, "HANDSHAKE_SECONDS", 600.0)  # else places are free again on a slow machine
    listener = bound(most=8, most_of_one=4)
    port = listener.getsockname()[1]
    with answering(APP, listener, tls.context, tls.refresh):
        silent = [socket.create_connection(("127.0.0.1", port), timeout=180) for _ in range(4)]
        with pytest.raises((ssl.SSLError, OSError)):
            ask(port)
        for connection in silent:
            connection.close()
        for _ in range(3000):
            with contextlib.suppress(ssl.SSLError, OSError):
                if ask(port).endswith(b"\r\n\r\n0"):
                    break
            time.sleep(0.05)
        else:
            pytest.fail("the places were not given back")


def test_who_never_finishes_the_handshake_is_cut_off(tls: ServerTls, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while; here a short one."""
    monkeypatch.setattr(module, "HANDSHAKE_SECONDS", 0.2)
    listener = bound()
    place = listener.getsockname()
    with (
        contextlib.suppress(ConnectionResetError),
        answering(APP, listener, tls.context, tls.refresh),
        socket.create_connection(place, timeout=180) as silent,
    ):
        assert silent.recv(1) == b""


def test_an_idle_connection_does_not_hold_up_the_end(tls: ServerTls) -> None:
    """Nor one that began no request at all."""
    listener = bound()
    context = ssl._create_unverified_context()  # noqa: S323  # a stranger, who verifies nothing
    with contextlib.ExitStack() as open_connections:
        with answering(APP, listener, tls.context, tls.refresh):
            for _ in range(2):
                plain = open_connections.enter_context(socket.create_connection(listener.getsockname(), timeout=180))
                open_connections.enter_context(context.wrap_socket(plain))
        assert not [thread for thread in threading.enumerate() if thread.name == "tls"]
    assert listener.fileno() == -1


@pytest.mark.parametrize("text", ["", "8844", "host:8844", ":1", "0.0.0.0:0", "0.0.0.0:70000", "[::1]:x", "0.0.0.0:٣"])
def test_what_is_no_place_to_listen(text: str) -> None:
    """Said, with an example."""
    with pytest.raises(UsageError):
        place_of(text)


def test_places() -> None:
    """IPv4 and IPv6."""
    assert place_of("10.0.0.1:8844") == ("10.0.0.1", 8844)
    assert place_of("[::1]:8844") == ("::1", 8844)


def test_a_port_that_is_taken_is_said() -> None:
    """Before anything is served."""
    with bound() as taken:
        taken.listen()
        with pytest.raises(ConnectError, match="cannot be listened on"):
            bind_public(f"127.0.0.1:{taken.getsockname()[1]}")
