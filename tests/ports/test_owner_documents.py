"""What every way to fetch a table of owners promises, over a real server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from periderm.adapters.documents_http import Connect, HttpOwnerDocuments
from periderm.adapters.notifier_net.dialing import connected
from periderm.model.errors import ConnectError, LimitError
from periderm.model.networks import network_of
from periderm.model.owner_table import OwnerSource
from periderm.ports.owner_documents import OwnerDocuments

TABLE = b"name,owner\nshop,ada\n"
LOOPBACK = (network_of("127.0.0.0/8"),)


class _Tables(BaseHTTPRequestHandler):
    """A table with a name for its state, and none below any other path."""

    def do_GET(self) -> None:
        there = self.path == "/table.csv"
        same = there and self.headers.get("If-None-Match") == '"state"'
        self.send_response(304 if same else 200 if there else 404)
        body = b"" if same else TABLE
        if there:
            self.send_header("ETag", '"state"')
        if not same:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def source() -> Iterator[OwnerSource]:
    """A table that is there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Tables)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield OwnerSource(address=f"http://127.0.0.1:{server.server_port}/table.csv", networks=("127.0.0.0/8",))
    server.shutdown()
    thread.join()
    server.server_close()


def _http(most: int) -> OwnerDocuments:
    def dial(_asked: tuple[str, ...]) -> Connect:
        return lambda host, port, tls: connected(host, port, LOOPBACK, public=tls is not None, tls=tls)

    return HttpOwnerDocuments(most, dial, lambda _reference: "")


@pytest.fixture(params=[_http], ids=["http"])
def opened(request: pytest.FixtureRequest) -> Callable[[int], OwnerDocuments]:
    """Makes a plug that reads at most so many bytes."""
    made: Callable[[int], OwnerDocuments] = request.param
    return made


def test_what_did_not_change_is_none(opened: Callable[[int], OwnerDocuments], source: OwnerSource) -> None:
    """By what the last answer called itself."""
    first = opened(1000).fetch(source)
    assert first is not None
    assert first.data == TABLE
    assert opened(1000).fetch(msgspec.structs.replace(source, etag=first.etag)) is None
    assert opened(1000).fetch(msgspec.structs.replace(source, etag='"before"')) == first


def test_what_is_too_large_is_refused(opened: Callable[[int], OwnerDocuments], source: OwnerSource) -> None:
    """And not cut."""
    with pytest.raises(LimitError):
        opened(len(TABLE) - 1).fetch(source)


def test_what_is_not_there_is_told(opened: Callable[[int], OwnerDocuments], source: OwnerSource) -> None:
    """With what to do next."""
    with pytest.raises(ConnectError) as told:
        opened(1000).fetch(msgspec.structs.replace(source, address=source.address + "x"))
    assert told.value.next_step
