"""One HTTP exchange with one server: connections kept for the next one, every wait bounded, every address looked at first.

Follows no redirect and signs nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from periderm import __version__
from periderm.adapters.registry_http.addresses import Nearness, nearness
from periderm.adapters.registry_http.line import Answer, Connection, Line
from periderm.adapters.registry_http.proxies import Proxy, proxy_for
from periderm.adapters.registry_http.trust import Contexts, Trust

CONNECT_SECONDS = 15.0
# What a server that closed a kept connection meanwhile looks like.
_CLOSED = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)
_MOST_ADDRESSES = 8  # of one name are tried
_MOST_HEAD = 64 << 10  # of a proxy's answer to CONNECT
_MOST_KEPT = 4  # idle connections of one server


class Server(msgspec.Struct, frozen=True):
    """Where to connect to. `may` says whether an address that the name stands for is one to connect to."""

    scheme: str
    host: str
    port: int
    trust: Trust = Trust()

    @property
    def authority(self) -> str:
        """HOST[:PORT] as it stands in a `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


class _Question(NamedTuple):
    """What is asked of a server, and which of its addresses may be."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    may: Callable[[Nearness], bool]


class RefusedAddressError(Exception):
    """The name leads to an address that this server may not lead to."""


class Wire:
    """Connections to many servers. Thread-safe: each is used by one exchange at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._contexts = Contexts()
        self._idle: dict[Server, list[Connection]] = {}
        self._near: dict[Server, Nearness] = {}
        self._lock = threading.Lock()

    def nearness(self, server: Server) -> Nearness:
        """Of a server that was connected to. Behind a proxy only an address tells; any other is taken for public."""
        literal = nearness(server.host)
        if literal is not Nearness.NEVER:
            return literal
        with self._lock:
            return self._near.get(server, Nearness.PUBLIC)

    @contextlib.contextmanager
    def exchange(
        self,
        server: Server,
        method: str,
        target: str,
        headers: Mapping[str, str],
        *,
        body: bytes = b"",
        may: Callable[[Nearness], bool] = lambda _near: True,
    ) -> Iterator[Answer]:
        """One request and its answer. Raises OSError, HTTPException, RefusedAddressError, UsageError."""
        proxy = proxy_for(self._environment, server.scheme, server.host)
        if proxy is not None and server.scheme == "http":
            host = server.authority
            target = f"http://{host}{target}"
            headers = {**headers, **({"Proxy-Authorization": proxy.authorization} if proxy.authorization else {})}
        told = {"Host": server.authority, "User-Agent": f"periderm/{__version__}", "Accept-Encoding": "identity", **headers}
        connection, answer = self._answered(server, _Question(method, target, told, body, may), proxy)
        with contextlib.ExitStack() as given_up:
            given_up.callback(connection.close)
            given_up.callback(answer.close)
            yield answer
            given_up.pop_all()
        self._keep(server, connection, answer)

    def _answered(self, server: Server, question: _Question, proxy: Proxy | None) -> tuple[Connection, Answer]:
        """Over a kept connection, and over a new one if the server has closed that meanwhile."""
        asked = question.method, question.target, question.headers, question.body
        kept = self._kept(server, question.may)
        if kept is not None:
            with contextlib.ExitStack() as given_up, contextlib.suppress(*_CLOSED):
                given_up.callback(kept.close)
                answer = kept.ask(*asked)
                given_up.pop_all()
                return kept, answer
        connection = Connection(Line(self._dial(server, question.may, proxy)))
        with contextlib.ExitStack() as given_up:
            given_up.callback(connection.close)
            answer = connection.ask(*asked)
            given_up.pop_all()
        return connection, answer

    def _kept(self, server: Server, may: Callable[[Nearness], bool]) -> Connection | None:
        with self._lock:
            idle = self._idle.get(server)
            if not idle or not may(self._near.get(server, Nearness.PUBLIC)):
                return None
            return idle.pop()

    def _keep(self, server: Server, connection: Connection, answer: Answer) -> None:
        if answer.drained():
            with self._lock:
                idle = self._idle.setdefault(server, [])
                if len(idle) < _MOST_KEPT:
                    idle.append(connection)
                    return
        answer.close()
        connection.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Closes what is kept."""
        with self._lock:
            for idle in self._idle.values():
                for connection in idle:
                    connection.close()
            self._idle.clear()

    def _dial(self, server: Server, may: Callable[[Nearness], bool], proxy: Proxy | None) -> socket.socket:
        """A connected socket, with TLS where the scheme says so."""
        if proxy is None:
            sock, near = _connected(server.host, server.port, may)
            with self._lock:
                self._near[server] = near
        else:
            literal = nearness(server.host)
            if literal is not Nearness.NEVER and not may(literal):
                raise RefusedAddressError(server.host)
            sock, _ = _connected(proxy.host, proxy.port, lambda _near: True)
        with contextlib.ExitStack() as given_up:
            given_up.callback(sock.close)
            sock.settimeout(CONNECT_SECONDS)
            if proxy is not None and server.scheme == "https":
                _tunnel(sock, server, proxy)
            if server.scheme == "https":
                sock = self._contexts.context(server.trust).wrap_socket(sock, server_hostname=server.host)
            given_up.pop_all()
        return sock


def _connected(host: str, port: int, may: Callable[[Nearness], bool]) -> tuple[socket.socket, Nearness]:
    """A socket to the first address that answers and may be asked: the address that was looked at is the one that is
    connected to, so that a name which changes its meaning gains nothing."""
    last: OSError | None = None
    refused = False
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[:_MOST_ADDRESSES]:
        near = nearness(str(address[0]))
        if near is Nearness.NEVER or not may(near):
            refused = True
            continue
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(CONNECT_SECONDS)
            sock.connect(address)
        except OSError as error:
            sock.close()
            last = error
            continue
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock, near
    if refused and last is None:
        raise RefusedAddressError(host)
    raise last or OSError(f"{host} has no address")


def _tunnel(sock: socket.socket, server: Server, proxy: Proxy) -> None:
    """CONNECT through the proxy (RFC 9110, 9.3.6). Raises OSError when it refuses."""
    host = f"[{server.host}]" if ":" in server.host else server.host
    lines = [f"CONNECT {host}:{server.port} HTTP/1.1", f"Host: {host}:{server.port}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    line = Line(sock)
    line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
    head, one = bytearray(), bytearray(1)
    while not head.endswith(b"\r\n\r\n"):  # one byte at a time: what follows the head belongs to TLS
        if not line.receive(memoryview(one)) or len(head) > _MOST_HEAD:
            raise OSError(f"the proxy {proxy.host}:{proxy.port} gave no answer")
        head += one
    status = head.split(b" ", 2)[1:2]
    if status != [b"200"]:
        told = b" ".join(status).decode("ascii", "replace")
        raise OSError(f"the proxy {proxy.host}:{proxy.port} answered {told}")


NETWORK_ERRORS = (OSError, http.client.HTTPException, ssl.SSLError)
