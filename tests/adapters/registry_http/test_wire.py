"""One exchange: connections kept and renewed, proxies, and only addresses that may be asked."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from pathlib import Path

import pytest

from periderm.adapters.registry_http import wire
from periderm.adapters.registry_http.addresses import Nearness
from periderm.adapters.registry_http.trust import Trust
from periderm.adapters.registry_http.wire import RefusedAddressError, Server, Wire
from tests.adapters.advisories_http.serving import authority
from tests.registry_servers import Asked, scripted


def hello(asked: Asked) -> None:
    """A short answer."""
    asked.reply(200, b"hello")


def server_of(url: object, trust: Trust | None = None) -> Server:
    """Where a scripted server is."""
    return Server("https" if getattr(url, "secure", False) else "http", "127.0.0.1", getattr(url, "port", 0), trust or Trust())


def read(held: Wire, server: Server, target: str = "/") -> bytes:
    """One body."""
    with held.exchange(server, "GET", target, {}) as answer:
        return answer.read(1000)


def test_the_host_header_names_the_port_where_it_must() -> None:
    """RFC 9110, 7.2."""
    assert Server("https", "a.example", 443).authority == "a.example"
    assert Server("http", "a.example", 443).authority == "a.example:443"
    assert Server("https", "::1", 5000).authority == "[::1]:5000"


def test_a_connection_that_the_server_closed_is_made_anew() -> None:
    """Without anybody noticing."""

    def once(asked: Asked) -> None:
        asked.reply(200, b"hello")
        asked.close_connection = True  # without saying so

    with scripted(once) as running:
        held = Wire({})
        assert [read(held, server_of(running)) for _ in range(3)] == [b"hello"] * 3
        held.close()


def test_a_body_that_nobody_read_does_not_become_the_next_answer() -> None:
    """A small rest is read, of a large one the connection is given up."""
    with scripted(lambda asked: asked.reply(200, b"x" * (10 if asked.path == "/s" else 1 << 20))) as running:
        held = Wire({})
        for target in ("/s", "/l", "/s"):
            with held.exchange(server_of(running), "GET", target, {}) as answer:
                assert answer.status == 200
        assert read(held, server_of(running), "/s") == b"x" * 10
        held.close()


def test_addresses_that_may_not_be_asked() -> None:
    """Are not connected to, however their name is spelled."""
    with scripted(hello) as running:
        held = Wire({})
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1"):
            server = Server("http", host, running.port)
            with (
                pytest.raises(RefusedAddressError),
                held.exchange(server, "GET", "/", {}, may=lambda near: near is Nearness.PUBLIC),
            ):
                pass
        assert running.asked == []


def test_a_kept_connection_is_looked_at_again() -> None:
    """One that was allowed for the registry is not lent to a redirect."""
    with scripted(hello) as running:
        held = Wire({})
        read(held, server_of(running))
        with (
            pytest.raises(RefusedAddressError),
            held.exchange(server_of(running), "GET", "/", {}, may=lambda near: near is Nearness.PUBLIC),
        ):
            pass
        held.close()


def test_plain_http_goes_through_its_proxy() -> None:
    """With the whole address, and the proxy's password to the proxy alone."""
    word = "made-" + "up"
    with scripted(hello) as proxy:
        held = Wire({"HTTP_PROXY": f"http://u:{word}@127.0.0.1:{proxy.port}"})
        assert read(held, Server("http", "r.example", 80), "/v2/") == b"hello"
        ((_, path, headers),) = proxy.asked
        assert path == "http://r.example/v2/"
        assert headers["Host"] == "r.example"
        assert headers["Proxy-Authorization"].startswith("Basic ")
        held.close()


class Tunnel:
    """A proxy that knows CONNECT alone, and leads everything to one server."""

    def __init__(self, target: int, status: bytes = b"200 fine") -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target, self.status = target, status
        self.heads: list[bytes] = []
        self.threads: list[threading.Thread] = []
        self.held: list[socket.socket] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        """One connection after the other."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.heads.append(head)
            client.sendall(b"HTTP/1.1 " + self.status + b"\r\n\r\n")
            if not self.status.startswith(b"200"):
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            self.held += (client, server)
            for pair in ((client, server), (server, client)):
                thread = threading.Thread(target=self.pump, args=pair, daemon=True)
                thread.start()
                self.threads.append(thread)

    @staticmethod
    def pump(source: socket.socket, sink: socket.socket) -> None:
        """Everything, one way."""
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self) -> None:
        """No more; nothing is left open."""
        self.listener.close()
        for held in self.held:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(180)
        for held in self.held:
            held.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An authority and a server's certificate."""
    return authority(tmp_path_factory.mktemp("ca"))


def test_tls_goes_through_a_tunnel(certificates: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy sees a host and a port; the certificate is the registry's."""
    monkeypatch.setattr(wire, "proxy_for", lambda *_: wire.Proxy("127.0.0.1", tunnel.port, "Basic eDp5"))
    with scripted(hello, certificates[1]) as running:
        tunnel = Tunnel(running.port)
        held = Wire({})
        trust = Trust(authorities=(str(certificates[0]),))
        assert read(held, Server("https", "127.0.0.1", 4430, trust)) == b"hello"
        assert tunnel.heads[0].startswith(b"CONNECT 127.0.0.1:4430 HTTP/1.1\r\n")
        assert b"Proxy-Authorization: Basic eDp5\r\n" in tunnel.heads[0]
        held.close()
        tunnel.close()


def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is named with its answer."""
    tunnel = Tunnel(0, b"407 no")
    monkeypatch.setattr(wire, "proxy_for", lambda *_: wire.Proxy("127.0.0.1", tunnel.port))
    with pytest.raises(OSError, match="407"):
        read(Wire({}), Server("https", "r.example", 443))
    tunnel.close()


def test_an_address_behind_a_proxy_is_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy inside the network would reach what this machine must not ask for."""
    monkeypatch.setattr(wire, "proxy_for", lambda *_: wire.Proxy("127.0.0.1", 1))
    server = Server("https", "169.254.169.254", 443)
    with (
        pytest.raises(RefusedAddressError),
        Wire({}).exchange(server, "GET", "/", {}, may=lambda near: near is not Nearness.LINK),
    ):
        pass


def test_a_body_that_ends_early_is_noticed() -> None:
    """And one that is longer than wanted not read."""
    with scripted(lambda asked: asked.reply(200, b"short", length=50)) as running:
        held = Wire({})
        with pytest.raises(http.client.IncompleteRead):
            read(held, server_of(running))
        with pytest.raises(ValueError, match="50"), held.exchange(server_of(running), "GET", "/", {}) as answer:
            answer.read(10)
