"""One document over HTTP, from real servers on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from periderm.adapters.documents_http import Connect, HttpOwnerDocuments, read
from periderm.adapters.notifier_net.dialing import connected
from periderm.model.errors import ConnectError, DeniedError, LimitError, PeridermError, UsageError
from periderm.model.networks import network_of
from periderm.model.owner_table import OwnerSource


class _Table(BaseHTTPRequestHandler):
    """A table behind a token, an elsewhere, something large."""

    def do_GET(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/table.csv")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.headers.get("If-None-Match") == '"one"':
            self.send_response(304)
            self.end_headers()
            return
        granted = self.headers.get("Authorization") == "Bearer made-up"
        body = b"x" * 5000 if self.path == "/large" else b"name,owner\na,b\n"
        self.send_response(200 if granted or self.path == "/large" else 401)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"one"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """A server's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Table)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_with_its_token(url: str) -> None:
    """And not without."""
    assert read(f"{url}/table.csv", 100, token="made-up") == b"name,owner\na,b\n"
    with pytest.raises(DeniedError):
        read(f"{url}/table.csv", 100)


def test_bounds(url: str) -> None:
    """What is larger is refused; a token is not carried elsewhere."""
    with pytest.raises(LimitError):
        read(f"{url}/large", 4999)
    with pytest.raises(ConnectError, match="302"):
        read(f"{url}/elsewhere", 100, token="made-up")


@pytest.mark.parametrize(
    "address",
    [
        "http://mirror.test/x",
        "ftp://mirror.test/x",
        "file:///etc/passwd",
        "https://",
        "https://ada:word@mirror.test/x",
        "https://mirror.test:0x/x",
        "https://mirror.test/a b",
        "https://mirror.test/\n",
    ],
)
def test_only_secure_addresses(address: str) -> None:
    """Plain http is for this machine alone; secrets in addresses end in logs."""
    with pytest.raises(UsageError):
        read(address, 10)


def test_nobody_there() -> None:
    """Is told, with what to check; so is a file that holds no certificates."""
    with pytest.raises(ConnectError) as raised:
        read("http://127.0.0.1:1/x", 10)
    assert raised.value.next_step
    with pytest.raises(PeridermError):
        read("https://127.0.0.1:1/x", 10, ca_file="/dev/null")


def test_a_table_that_did_not_change_is_not_read_again(url: str) -> None:
    """By its ETag; what the guard does not let through is not asked."""
    allowed = HttpOwnerDocuments(1000, _guard(("127.0.0.0/8",)), lambda _reference: "made-up")
    source = OwnerSource(address=f"{url}/table.csv", token="env:X", networks=("127.0.0.0/8",))
    document = allowed.fetch(source)
    assert document is not None
    assert (document.data, document.etag) == (b"name,owner\na,b\n", '"one"')
    assert allowed.fetch(msgspec.structs.replace(source, etag='"one"')) is None
    with pytest.raises(ConnectError, match="may be spoken to") as refused:
        HttpOwnerDocuments(1000, _guard(()), lambda _reference: "made-up").fetch(source)
    assert "--network" in refused.value.next_step


def _guard(networks: tuple[str, ...]) -> Callable[[tuple[str, ...]], Connect]:
    allowed = tuple(network_of(name) for name in networks)
    return lambda _asked: lambda host, port, tls: connected(host, port, allowed, public=tls is not None, tls=tls)
