"""What no browser and no agent sends, byte by byte through real sockets, at the console's door and at that of the agents: it is
refused with an answer or hung up on, costs little, and the next caller is served."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import ssl
import time
from collections.abc import Iterator

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.membership_local.membership import SERVER_NAME
from periderm.console import assets
from periderm.server import endpoints, run
from periderm.server.create import create_server
from periderm.server.fleet import AUTHORITIES
from periderm.server.run import bind
from tests import fleets
from tests.fleets import MovedClock
from tests.server.sockets import PATIENCE, Door, rest, served, statuses
from tests.story import application, tell

SERVICE = "service-secret"
BEARER = b"Authorization: Bearer " + SERVICE.encode() + b"\r\n"
CLOSE = b"Connection: close\r\n"
MIB = 1 << 20


class Doors:
    """Both, and an address of each that is answered with 200."""

    def __init__(self, console: Door, agents: Door) -> None:
        self.console = console
        self.agents = agents

    def each(self) -> tuple[tuple[Door, bytes], ...]:
        """(door, a path that is answered)."""
        return (self.console, b"/healthz"), (self.agents, AUTHORITIES.encode())


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory, built: assets.Assets) -> Iterator[Doors]:
    """The attacked shop's server, and a server that a machine joined."""
    with contextlib.ExitStack() as held:
        folder = tmp_path_factory.mktemp("console")
        bus = held.enter_context(contextlib.closing(LocalBus(str(folder / "spool"))))
        app = application(folder, MovedClock(), bus)  # type: ignore[arg-type]  # any clock will do
        held.callback(app.store.close)
        tell(app)
        listener = bind("127.0.0.1", 0)
        console = Door(listener.getsockname())
        held.enter_context(served(create_server(app, SERVICE, built=built), listener))
        folder = tmp_path_factory.mktemp("agents")
        theirs = fleets.application(folder, MovedClock())
        held.callback(fleets.close, theirs)
        url, _ = held.enter_context(fleets.door(theirs))
        machine = fleets.Machine(folder, "shop-01", url)
        machine.join(theirs)
        context: ssl.SSLContext = machine.membership.connection(10.0)._context  # type: ignore[attr-defined]  # the way to it
        yield Doors(console, Door(("127.0.0.1", int(url.rpartition(":")[2])), context, SERVER_NAME))


def lives(door: Door, path: bytes) -> None:
    """Whoever comes next is served."""
    assert statuses(door.say(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + CLOSE + b"\r\n")) == [200]


HEAD = b"Host: localhost\r\n"
# Heads that have two meanings, or none; %b is the path that would be answered with 200.
MALFORMED = {
    "noise": b"\x00\x01\x02\xff\r\n\r\n",
    "a handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a version of its own": b"GET %b HTTP/9.9\r\n" + HEAD + b"\r\n",
    "no version": b"GET %b\r\n\r\n",
    "a name with a space": b"GET %b HTTP/1.1\r\n" + HEAD + b"Content-Length : 5\r\n\r\nGET %b",
    "a name with NUL": b"GET %b HTTP/1.1\r\n" + HEAD + b"a\x00b: 1\r\n\r\n",
    "a value with NUL": b"GET %b HTTP/1.1\r\n" + HEAD + b"a: \x001\r\n\r\n",
    "a value with a bare return": b"GET %b HTTP/1.1\r\n" + HEAD + b"a: 1\rb: 2\r\n\r\n",
    "no name": b"GET %b HTTP/1.1\r\n" + HEAD + b": 1\r\n\r\n",
    "a space in the path": b"GET %b /x HTTP/1.1\r\n" + HEAD + b"\r\n",
    "bytes in the path": b"GET %b\xff\xfe HTTP/1.1\r\n" + HEAD + b"\r\n",
    "NUL in the path": b"GET %b\x00 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "two lengths": b"POST %b HTTP/1.1\r\n" + HEAD + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\nGET %b HTTP/1.1\r\n\r\n",
    "a list of lengths": b"POST %b HTTP/1.1\r\n" + HEAD + b"Content-Length: 0, 44\r\n\r\nGET %b HTTP/1.1\r\n\r\n",
    "a length below nothing": b"POST %b HTTP/1.1\r\n" + HEAD + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": b"POST %b HTTP/1.1\r\n" + HEAD + b"Content-Length: +5\r\n\r\nhello",
    "a length with an underscore": b"POST %b HTTP/1.1\r\n" + HEAD + b"Content-Length: 1_0\r\n\r\nhellohello",
    "a length in hexadecimal": b"POST %b HTTP/1.1\r\n" + HEAD + b"Content-Length: 0x5\r\n\r\nhello",
    "a length of thousands of digits": b"POST %b HTTP/1.1\r\n" + HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "an encoding of its own": b"POST %b HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two encodings": b"POST %b HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two lines of encodings": b"POST %b HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "an encoding behind a tab": b"POST %b HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a head that is too long": b"GET %b HTTP/1.1\r\n" + HEAD + b"a: " + b"x" * 200_000 + b"\r\n\r\n",
    "a path that is too long": b"GET %b?" + b"x" * 200_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "too many headers": b"GET %b HTTP/1.1\r\n" + HEAD + b"a: b\r\n" * 50_000 + b"\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_head_that_is_none_is_refused(doors: Doors, name: str) -> None:
    """Once, by 4xx or by hanging up; what hides behind it is not read as another request."""
    for door, path in doors.each():
        answer = door.say(MALFORMED[name].replace(b"%b", path))
        assert len(statuses(answer)) <= 1
        assert all(400 <= status < 500 for status in statuses(answer)), answer[:300]
        lives(door, path)


BEHIND = b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n"
# Requests that a proxy before us could divide in another way than we do.
SMUGGLED = {
    "length and chunks": b"POST %b HTTP/1.1\r\n" + HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of a size below nothing": b"POST %b HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
    "a chunk of a huge size": b"POST %b HTTP/1.1\r\n"
    + HEAD
    + CLOSE
    + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
    "a chunk with a prefix": b"POST %b HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "a chunk that is longer than it says": b"POST %b HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n0\r\n\r\n",
    "a chunk with an endless extension": b"POST %b HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n1;"
    + b"x" * 200_000,
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_no_request_hides_in_another(doors: Doors, name: str) -> None:
    """There is one answer at most; with a length and chunks, the chunks count and the connection ends (RFC 9112, 6.3)."""
    for door, path in doors.each():
        answer = door.say(SMUGGLED[name].replace(b"%b", path) + BEHIND.replace(b"%b", path))
        assert 200 not in statuses(answer), answer[:300]
        lives(door, path)


def test_requests_in_a_row_are_answered_in_their_order(doors: Doors) -> None:
    """Without waiting for answers, as RFC 9112 (9.3.2) allows."""
    told = b"".join(
        b"GET " + path + b" HTTP/1.1\r\n" + HEAD + (CLOSE if last else b"") + b"\r\n"
        for path, last in ((b"/healthz", False), (b"/static/none", False), (b"/api/v1/overview", False), (b"/healthz", True))
    )
    assert statuses(doors.console.say(told)) == [200, 404, 401, 200]


@pytest.mark.parametrize(
    "hosts",
    [
        (),
        ("evil.test",),
        ("localhost", "evil.test"),
        ("evil.test@localhost",),
        ("localhost:80:80",),
        ("localhost:x",),
        ("[::1",),
    ],
)
def test_another_host_name_is_not_answered(doors: Doors, hosts: tuple[str, ...]) -> None:
    """None, two, or a foreign one: a name that was bound to loopback gets nothing, whoever asks."""
    lines = b"".join(b"Host: " + host.encode() + b"\r\n" for host in hosts)
    answer = doors.console.say(b"GET /api/v1/overview HTTP/1.1\r\n" + lines + BEARER + CLOSE + b"\r\n")
    assert statuses(answer)[0] in (400, 421)
    assert b'"total"' not in answer


ODD_PATHS = (
    b"//evil.test/",
    b"/\\evil.test",
    b"/static/..%2f..%2f..%2fetc%2fpasswd",
    b"/static/%2e%2e/%2e%2e/etc/passwd",
    b"/incidents/%00",
    b"/incidents/%ff%fe",
    b"/incidents/%c0%ae%c0%ae",
    b"/incidents/" + b"%F0%9F%92%A3" * 200,
    b"/api/v1/incidents/..%2f..%2fetc",
    b"/api/v1/incidents/%0d%0aSet-Cookie:%20a=b",
    b"/incidents?text=%ff%fe%00%0d%0aX:1",
    b"/api/v1/incidents?text=%ed%a0%80",
    b"/api/v1/incidents?" + b"&".join(b"text=%d" % i for i in range(1000)),
    b"http://evil.test/api/v1/overview",
    b"*",
    b"/api/v1/events?after=99999999999999999999",
)


@pytest.mark.parametrize("path", ODD_PATHS, ids=lambda p: p[:40].decode())
def test_odd_addresses_are_refused_or_not_found(doors: Doors, path: bytes) -> None:
    """Never a failure of ours, never a file of the machine, never a header that the caller chose."""
    for method in (b"GET", b"HEAD", b"OPTIONS"):
        answer = doors.console.say(method + b" " + path + b" HTTP/1.1\r\n" + HEAD + BEARER + CLOSE + b"\r\n")
        assert all(status < 500 for status in statuses(answer)), answer[:300]
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert b"root:" not in answer
        assert b"set-cookie: a=b" not in head
        assert b"\r\nx:1" not in head


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"PUT", b"FOO", b"M-SEARCH", b"get", b"X" * 500])
def test_other_methods_are_not_possible(doors: Doors, method: bytes) -> None:
    """And what was sent does not come back."""
    for door, path in doors.each():
        answer = door.say(method + b" " + path + b" HTTP/1.1\r\nX-Secret: s3cr3t\r\n" + HEAD + CLOSE + b"\r\n")
        assert all(400 <= status < 500 for status in statuses(answer))
        assert b"s3cr3t" not in answer


ODD_HEADERS = {
    "a cookie of escapes": b'Cookie: periderm_8843="' + b"\\1" * 15_000 + b'"\r\n',
    "many cookies": b"Cookie: " + b"; ".join(b"periderm_8843=%d" % i for i in range(1200)) + b"\r\n",
    "a cookie of other bytes": b"Cookie: periderm_8843=\xff\xfe\x80; periderm_lang=\xf0\x28\r\n",
    "no token": b"Authorization: Bearer \r\n",
    "a token of other bytes": b"Authorization: Bearer \xff\xfe\xe9\r\n",
    "a long token": b"Authorization: Bearer " + b"x" * 30_000 + b"\r\n",
    "two tokens": BEARER + b"Authorization: Bearer wrong\r\n",
    "another way": b"Authorization: Basic YTpi\r\n",
    "a negotiation": b"Accept: " + b"*/*;q=0.1," * 3000 + b"\r\nAccept-Language: " + b"zh;q=9e9," * 300 + b"\r\n",
    "ranges": b"Range: bytes=" + b"0-0," * 5000 + b"\r\n",
    "numbers": b"Last-Event-ID: 99999999999999999999999\r\nperiderm-clock: -1\r\n",
    "traces": b"traceparent: 00-" + b"f" * 5000 + b"\r\n",
    "addresses": b"X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: evil.test\r\nForwarded: host=evil.test\r\n",
    "an upgrade": b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n",
    "another upgrade": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
}


@pytest.mark.parametrize("name", ODD_HEADERS)
@pytest.mark.parametrize("path", [b"/", b"/sign-in", b"/api/v1/overview", b"/metrics"])
def test_odd_headers_are_borne(doors: Doors, name: str, path: bytes) -> None:
    """An answer that is no failure; nobody comes in by one of them; nothing of them comes back."""
    answer = doors.console.say(b"GET " + path + b" HTTP/1.1\r\n" + HEAD + ODD_HEADERS[name] + CLOSE + b"\r\n")
    assert len(statuses(answer)) == 1
    assert statuses(answer)[0] in ((200, 401, 403) if path == b"/sign-in" or name == "two tokens" else (401,)), answer[:300]
    assert b"evil.test" not in answer


def post(path: bytes, body: bytes, *more: bytes, media: bytes = b"application/json") -> bytes:
    """A request of the service's."""
    lines = b"".join(more)
    length = b"Content-Length: %d\r\n" % len(body)
    return (
        b"POST " + path + b" HTTP/1.1\r\n" + HEAD + BEARER + CLOSE + lines + b"Content-Type: " + media + b"\r\n" + length
    ) + (b"\r\n" + body)


BODIES = {
    "deep lists": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"a":' * 10_000,
    "not UTF-8": b'{"state": "\xff\xfe"}',
    "half of a pair": b'{"state": "\\ud800"}',
    "NUL": b'{"state": "\\u0000"}',
    "a mark": b'\xef\xbb\xbf{"state": "new"}',
    "a huge number": b'{"state": ' + b"9" * 60_000 + b"}",
    "a huge exponent": b'{"state": 1e999999999}',
    "no number": b'{"state": NaN}',
    "a name twice": b'{"state": "new", "state": 1}',
    "another kind": b"[]",
    "nothing": b"",
    "zeros": b"\x00" * 60_000,
    "deep msgpack": b"\x91" * 60_000,
    "a list without an end": b"\xdd\xff\xff\xff\xff",
    "a text without an end": b"\xdb\xff\xff\xff\xff",
    "a map of itself": b"\xdf\x7f\xff\xff\xff" + b"\xc0" * 1000,
}
TAKERS = (
    b"/api/v1/incidents/inc-shop/state",
    b"/api/v1/responses/named",
    b"/api/v1/ingest",
    b"/api/v1/internal/baselines",
    b"/api/v1/internal/scans/renew",
)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_none_is_refused(doors: Doors, name: str) -> None:
    """By 4xx, without a trace of our inside, at both doors."""
    for path in TAKERS:
        for door in (doors.console, doors.agents):
            answer = door.say(post(path, BODIES[name]))
            assert [400 <= status < 500 for status in statuses(answer)] == [True], (path, answer[:300])
            assert b"Traceback" not in answer


def test_what_is_packed_is_not_unpacked(doors: Doors) -> None:
    """A body of a few KiB that would be gigabytes costs its few KiB: no body of a request is ever unpacked."""
    import gzip

    packed = gzip.compress(b"\x90" * (64 * MIB))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for media in (b"gzip", b"deflate", b"br", b"zstd"):
        answer = doors.console.say(post(b"/api/v1/ingest", packed, b"Content-Encoding: " + media + b"\r\n"))
        assert statuses(answer) == [400]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.parametrize("door", ["console", "agents"])
def test_a_body_that_is_too_large_is_refused_by_its_head(doors: Doors, door: str) -> None:
    """Or, where the head does not say, as soon as it is too large: no more of it is read."""
    to: Door = getattr(doors, door)
    head = b"POST /api/v1/ingest HTTP/1.1\r\n" + HEAD + BEARER + CLOSE
    assert statuses(to.say(head + b"Content-Length: 9999999999999\r\n\r\n")) == [413]
    assert statuses(to.say(head + b"Expect: 100-continue\r\nContent-Length: 9999999999999\r\n\r\n")) == [413]
    small = b"POST /api/v1/internal/scans/renew HTTP/1.1\r\n" + HEAD + BEARER + CLOSE
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    assert statuses(to.say(small + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 8)) == [413]


def test_a_body_that_does_not_end_is_given_up(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time; here a short one. What waits behind it is not kept waiting."""
    monkeypatch.setattr(endpoints.read_body, "__defaults__", (0.3,))
    with doors.console.open() as slow:
        slow.sendall(b"POST /api/v1/ingest HTTP/1.1\r\n" + HEAD + BEARER + CLOSE + b"Content-Length: 1000\r\n\r\nx")
        lives(doors.console, b"/healthz")
        answer = rest(slow)
    assert statuses(answer) == [400]
    assert b"did not arrive" in answer


async def _endless(_: Request) -> Response:
    async def parts() -> object:
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)  # who went away is noticed

    return StreamingResponse(parts())  # type: ignore[arg-type]  # what it takes


async def _asgi(scope: dict[str, object], receive: object, send: object) -> None:
    """Says 'ok', or never stops saying."""
    respond = await _endless(Request(scope)) if scope["path"] == "/endless" else PlainTextResponse("ok")
    await respond(scope, receive, send)  # type: ignore[arg-type]  # as Starlette calls them


def test_who_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is never read holds its connection for so long and no longer; others are answered meanwhile."""
    monkeypatch.setattr(run, "READ_SECONDS", 0.5)
    listener = bind("127.0.0.1", 0)
    door = Door(listener.getsockname())
    asked = b"GET / HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n"
    with served(_asgi, listener, connections=2), door.open(room=4096) as lazy:
        lazy.sendall(b"GET /endless HTTP/1.1\r\n" + HEAD + b"\r\n")
        assert lazy.recv(1)
        # It holds one place of two, so that each other caller is told to wait, until it is gone.
        ends = time.monotonic() + PATIENCE
        while statuses(door.say(asked)) != [200]:
            assert time.monotonic() < ends, "the connection was not cut off"
            time.sleep(0.05)


def test_who_is_one_too_many_is_told_and_places_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """503, and served again when others are gone."""
    monkeypatch.setattr(run, "HEADER_SECONDS", 600.0)  # else places are free again on a slow machine
    listener = bind("127.0.0.1", 0)
    door = Door(listener.getsockname())
    asked = b"GET / HTTP/1.1\r\n" + HEAD + CLOSE + b"\r\n"
    with served(_asgi, listener, connections=8):
        with contextlib.ExitStack() as held:
            silent = [held.enter_context(door.open()) for _ in range(8)]
            for connection in silent:
                connection.sendall(b"GET / HTTP/1.1\r\n" + HEAD)
            ends = time.monotonic() + PATIENCE
            while statuses(door.say(asked)) != [503]:
                assert time.monotonic() < ends, "nobody was too many"
                time.sleep(0.05)
        ends = time.monotonic() + PATIENCE
        while statuses(door.say(asked)) != [200]:
            assert time.monotonic() < ends, "the places were not given back"
            time.sleep(0.05)


def test_an_answer_is_told_to_no_other_site(doors: Doors) -> None:
    """Whatever origin asks: no header lets a foreign page read an answer, and a change is refused."""
    for origin in (b"http://evil.test", b"null", b"http://localhost.evil.test", b"http://127.0.0.1:1"):
        line = b"Origin: " + origin + b"\r\n"
        answer = doors.console.say(b"OPTIONS /api/v1/overview HTTP/1.1\r\n" + HEAD + line + CLOSE + b"\r\n")
        assert b"access-control" not in answer.lower()
        answer = doors.console.say(b"POST /sign-out HTTP/1.1\r\n" + HEAD + line + CLOSE + b"Content-Length: 0\r\n\r\n")
        assert statuses(answer) == [403]
    assert msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])["title"] == "Foreign origin"


def test_a_handshake_of_an_older_time_is_refused(doors: Doors) -> None:
    """Nothing but TLS 1.3 is spoken with agents, and plain HTTP gets no answer there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    old = Door(doors.agents.place, context, SERVER_NAME)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        old.say(b"GET / HTTP/1.1\r\n\r\n")
    assert Door(doors.agents.place).say(b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n") == b""
    lives(doors.agents, AUTHORITIES.encode())


def test_the_kernel_gives_up_what_nobody_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that fits the buffers and is not read: the connection carries the kernel's own limit."""
    found: list[int] = []

    async def asgi(scope: dict[str, object], receive: object, send: object) -> None:
        await PlainTextResponse("ok")(scope, receive, send)  # type: ignore[arg-type]  # as Starlette calls them

    before = run.PatientProtocol.connection_made

    def made(self: run.PatientProtocol, transport: object) -> None:
        before(self, transport)  # type: ignore[arg-type]  # a transport
        connection: socket.socket = transport.get_extra_info("socket")  # type: ignore[attr-defined]  # a transport
        found.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))

    monkeypatch.setattr(run.PatientProtocol, "connection_made", made)
    listener = bind("127.0.0.1", 0)
    with served(asgi, listener):
        lives(Door(listener.getsockname()), b"/")
    assert found == [int(run.READ_SECONDS * 1000)]
