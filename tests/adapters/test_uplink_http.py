"""The uplink against a real HTTP server on loopback that speaks the internal API, and against ones that misbehave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
import pytest

from periderm.adapters import uplink_http
from periderm.adapters.uplink_http import HttpUplink
from periderm.model.baseline import Baseline
from periderm.model.baseline_news import BaselineNews
from periderm.model.envelope import Envelope, ScanRequest
from periderm.model.errors import ConnectError, DeniedError, NotFoundError, RestoredError, UsageError
from periderm.model.orders import Known, Orders, Place
from periderm.model.policy import DEFAULT_POLICY
from periderm.model.queue import Renewal
from periderm.model.session import AnnouncedSession
from periderm.server.problems import plain, problem_of
from tests.ports.plugs import alert, effect, inventory

TOKEN = "secret-token-of-43-characters-or-so-1234567"
SESSION = AnnouncedSession(id="ses-1", author="ada", reason="r", container="web*", since=1, until=2)
REQUEST = ScanRequest(image_digest="sha256:1", source="podman:x", reference="shop:1", node_id="nod-1", requested=1)

# As the server says it (`server.problems`).
NOT_THERE = msgspec.json.encode(problem_of(NotFoundError("That is not there.", "Ask for another.")))
NO_ADDRESS = msgspec.json.encode(plain(404, "Not possible", "There is nothing at this address."))


class Server(ThreadingHTTPServer):
    """What it was asked, and what it answers instead of the truth."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[Envelope] = []
        self.asked: list[str] = []
        self.instead: tuple[int, bytes] | None = None
        self.hang_up = 0
        self.old = False
        self.connections = 0
        self.waiting = [REQUEST]
        self.renewals: list[Renewal] = []

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """The internal API, small."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"{self.command} {self.path}")
        if self.server.hang_up:
            self.server.hang_up -= 1
            self.close_connection = True
            return
        status, answer = self.server.instead or self._truth(body)
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _truth(self, body: bytes) -> tuple[int, bytes]:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, b""
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        answer: object = None
        match self.command, unquote(parts.path):
            case "POST", "/api/v1/ingest":
                assert self.headers["Content-Type"] == "application/msgpack"
                self.server.taken += msgspec.msgpack.decode(body, type=list[Envelope])
                answer = {"envelopes": 1}
            case "POST", "/api/v1/internal/orders" if not self.server.old:
                known = msgspec.msgpack.decode(body, type=Known)
                answer = Orders(policies=None if known.policies else (DEFAULT_POLICY,), policies_version="v1")
            case "POST", "/api/v1/internal/place" if not self.server.old:
                answer = Place(life="first", seen=dict.fromkeys(msgspec.msgpack.decode(body, type=list[str]), 7))
            case "GET", "/api/v1/internal/policies":
                answer = [DEFAULT_POLICY]
            case "GET", "/api/v1/internal/announced-sessions":
                answer = [SESSION]
            case "GET", "/api/v1/internal/inventories/sha256:1":
                answer = inventory()
            case "POST", "/api/v1/internal/baselines":
                had = msgspec.msgpack.decode(body, type=dict[str, str])
                answer = [BaselineNews(baseline=Baseline(workload_id=name), version="v1") for name in had if not had[name]]
            case "GET", "/api/v1/internal/commands":
                answer = [effect().effect] if query["node"] == ["nod 1&x"] else []
            case "POST", "/api/v1/internal/scans/take":
                assert query["worker"] == ["worker:1"]
                if not self.server.waiting:
                    return 204, b""
                answer = self.server.waiting.pop()
            case "POST", "/api/v1/internal/scans/renew" | "/api/v1/internal/scans/put-back":
                told = msgspec.msgpack.decode(body, type=Renewal)
                self.server.renewals.append(told)
                if told.image_digest != "sha256:1":
                    return 404, NOT_THERE
                answer = told
            case "GET", "/api/v1/internal/inventories/sha256:2":
                return 404, NOT_THERE
            case _:
                return 404, NO_ADDRESS
        return 200, msgspec.msgpack.encode(answer)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on loopback."""
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """The file with the token."""
    path = tmp_path / "service-token"
    path.write_text(TOKEN + "\n")
    return path


@pytest.fixture
def uplink(server: Server, token: Path) -> Iterator[HttpUplink]:
    """An uplink to the server."""
    made = HttpUplink(server.url, str(token))
    yield made
    made.close()


def test_everything_the_port_names(server: Server, uplink: HttpUplink) -> None:
    """Values arrive and come back as they are, over one connection that is kept."""
    envelope = Envelope(sender="agent:1", sequence=3, records=(alert(), effect(), DEFAULT_POLICY))
    uplink.send([envelope])
    assert server.taken == [envelope]
    assert uplink.policies() == [DEFAULT_POLICY]
    assert uplink.sessions() == [SESSION]
    assert uplink.inventory("sha256:1") == inventory()
    assert uplink.inventory("sha256:2") is None
    assert uplink.commands("nod 1&x") == [effect().effect]
    assert uplink.commands("nod") == []
    assert uplink.take_scan("worker:1") == REQUEST
    assert uplink.take_scan("worker:1") is None
    assert server.connections == 1


def test_a_scan_is_renewed_and_put_back(server: Server, uplink: HttpUplink) -> None:
    """With what the worker does; one that it does not hold is no error to put back. What it asks for names its node."""
    assert uplink.renew_scan("worker:1", "sha256:1", "layer 2", 0.5, sending=True) is True
    assert uplink.renew_scan("worker:1", "sha256:2", "", -1.0) is False
    uplink.put_back_scan("worker:1", "sha256:2")
    assert server.renewals[0] == Renewal(worker="worker:1", image_digest="sha256:1", doing="layer 2", done=0.5, sending=True)
    assert len(server.renewals) == 3
    uplink.take_scan("worker:1", node_id="nod 1&x", registries=False)
    assert server.asked[-1] == "POST /api/v1/internal/scans/take?worker=worker%3A1&node=nod%201%26x&registries=no"


def test_names_cannot_leave_their_place(server: Server, uplink: HttpUplink) -> None:
    """A digest or a node's name with slashes and question marks stays one part of the address."""
    assert uplink.inventory("../../policies?x=1#y\r\nHost: evil") is None
    assert server.asked == ["GET /api/v1/internal/inventories/..%2F..%2Fpolicies%3Fx%3D1%23y%0D%0AHost%3A%20evil"]


def test_a_kept_connection_that_was_closed_is_opened_anew(server: Server, uplink: HttpUplink) -> None:
    """A server that restarts in between costs nothing; one that hangs up again is an error."""
    uplink.policies()
    server.hang_up = 1
    assert uplink.policies() == [DEFAULT_POLICY]
    server.hang_up = 2
    with pytest.raises(ConnectError):
        uplink.policies()
    assert uplink.policies() == [DEFAULT_POLICY]


def test_no_server(token: Path) -> None:
    """A port where nobody listens: what happened, and what to do."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        uplink = HttpUplink(f"http://127.0.0.1:{unused.getsockname()[1]}", str(token))
        with pytest.raises(ConnectError) as caught:
            uplink.send([])
    assert "refused" in caught.value.what
    assert caught.value.next_step


def test_a_server_that_says_nothing(token: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It accepts and never answers: an error after the time-out, not a hang."""
    monkeypatch.setattr(uplink_http, "TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uplink = HttpUplink(f"http://127.0.0.1:{silent.getsockname()[1]}", str(token))
        with pytest.raises(ConnectError) as caught:
            uplink.policies()
    assert "in time" in caught.value.what


def test_another_token_is_denied(server: Server, uplink: HttpUplink, token: Path) -> None:
    """Said as such; with the right token it works again, without a restart."""
    token.write_text("guess-9")
    with pytest.raises(DeniedError) as caught:
        uplink.policies()
    assert str(token) in caught.value.what
    assert "guess-9" not in str(caught.value)
    token.write_text(TOKEN)
    assert uplink.policies() == [DEFAULT_POLICY]


@pytest.mark.parametrize("content", ["", "two words", "line\nline", "ünsichtbar", "x\x00y"])
def test_what_is_no_token_is_not_sent(server: Server, uplink: HttpUplink, token: Path, content: str) -> None:
    """A file that holds something else does not become a header."""
    token.write_text(content)
    with pytest.raises(DeniedError):
        uplink.policies()
    assert server.asked == []


def test_a_missing_token_means_no_server_yet(uplink: HttpUplink, token: Path) -> None:
    """The server makes it when it starts: the caller tries again. A link in its place is not followed."""
    token.rename(token.with_name("elsewhere"))
    with pytest.raises(ConnectError):
        uplink.policies()
    token.symlink_to(token.with_name("elsewhere"))
    with pytest.raises(DeniedError):
        uplink.policies()


def test_a_refusal_says_why(server: Server, uplink: HttpUplink) -> None:
    """The server's own sentence, as one line of plain text; anything else is left out."""
    server.instead = (507, msgspec.json.encode({"title": "Full", "detail": "There is no space left.\x1b[31m"}))
    with pytest.raises(ConnectError) as caught:
        uplink.send([])
    assert "answered 507: There is no space left.[31m" in caught.value.what
    server.instead = (500, b"<html>")
    with pytest.raises(ConnectError, match="answered 500\\."):
        uplink.send([])


@pytest.mark.parametrize("answer", [b"", b"\xc1", msgspec.msgpack.encode({"a": 1}), msgspec.msgpack.encode([{"id": 3}])])
def test_an_answer_of_another_version(server: Server, uplink: HttpUplink, answer: bytes) -> None:
    """What is not the type that was asked for is an error with the next step."""
    server.instead = (200, answer)
    with pytest.raises(ConnectError) as caught:
        uplink.policies()
    assert "version" in caught.value.next_step


def test_an_endless_answer_is_cut_off(server: Server, uplink: HttpUplink, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the limit is not read into memory."""
    monkeypatch.setattr(uplink_http, "RESPONSE_LIMIT", 1000)
    server.instead = (200, bytes(5000))
    with pytest.raises(ConnectError, match="more than 1000 bytes"):
        uplink.policies()
    server.instead = None
    assert uplink.policies() == [DEFAULT_POLICY]


@pytest.mark.parametrize("url", ["", "127.0.0.1:8843", "ftp://x", "http://", "http://x:port", "http://[::1"])
def test_what_is_no_address(url: str) -> None:
    """Told at once."""
    with pytest.raises(UsageError):
        HttpUplink(url, "token")


def test_each_thread_has_its_connection(server: Server, uplink: HttpUplink) -> None:
    """Several may ask at the same time."""
    found: list[object] = []

    def ask() -> None:
        found.extend(uplink.policies() for _ in range(5))
        uplink.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[DEFAULT_POLICY]] * 20
    assert server.connections == 4


def test_what_is_new_in_one_question(uplink: HttpUplink, server: Server) -> None:
    """And from a server of the last version in several, which does not wait: it is asked again a second later."""
    assert uplink.orders(Known()).policies == (DEFAULT_POLICY,)
    assert not uplink.orders(Known(policies="v1")).news
    assert uplink.place(["agent:x"]) == Place(life="first", seen={"agent:x": 7})
    server.old = True
    found = uplink.orders(Known(node_id="nod 1&x", taken=(effect().effect.id,)))
    assert (found.policies, found.sessions, found.effects, found.pause) == ((DEFAULT_POLICY,), (SESSION,), (), 1.0)
    assert uplink.place(["agent:x"]) is None


@pytest.mark.parametrize(
    "answer", [b"", b"{}", b"<html>no such site</html>", b'{"type":"about:blank","status":404}', NOT_THERE]
)
def test_what_stands_before_the_server_is_no_server_of_the_last_version(
    uplink: HttpUplink, server: Server, answer: bytes
) -> None:
    """A proxy that says 404 for everything is an outage, which is waited out."""
    server.instead = 404, answer
    with pytest.raises(ConnectError):
        uplink.orders(Known())
    with pytest.raises(ConnectError):
        uplink.place(["agent:x"])
    if answer != NOT_THERE:
        with pytest.raises(ConnectError):
            uplink.inventory("sha256:1")
        with pytest.raises(ConnectError):
            uplink.renew_scan("worker:1", "sha256:1", "", -1.0)


def test_a_server_put_back_from_a_copy_is_told_apart(uplink: HttpUplink, server: Server) -> None:
    """From one that refuses for good, and from one that does not answer."""
    server.instead = 409, b"{}"
    with pytest.raises(RestoredError):
        uplink.send([])


def test_what_waits_on_another_thread_ends_when_the_process_does(uplink: HttpUplink, server: Server, token: Path) -> None:
    """At once, though the server never answers; and nothing begins after that."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        waiting = HttpUplink(f"http://127.0.0.1:{silent.getsockname()[1]}", str(token))
        problems: list[Exception] = []

        def wait() -> None:
            try:
                waiting.orders(Known(wait=20.0))
            except ConnectError as error:
                problems.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        peer, _ = silent.accept()
        with peer:
            peer.recv(1)
            waiting.interrupt()
            thread.join(180)
        assert not thread.is_alive()
        assert len(problems) == 1
        with pytest.raises(ConnectError):
            waiting.orders(Known())
