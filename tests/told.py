"""For tests of telling others: messages, a place on loopback that takes HTTP requests and answers as a script says."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

from periderm.flow.messages import render
from periderm.model.networks import Network, network_of
from periderm.model.notice import Channel, Destination, Fact, Message, Notice, Occasion
from periderm.model.severity import Severity
from periderm.model.text import Text

NOW = 1_795_600_000 * 10**9
LOOPBACK: tuple[Network, ...] = (network_of("127.0.0.0/8"),)
KEY = "0123456789" * 3
# What an attacker may write into every field: markup of each chat, header ends, terminal escapes, formulas, other alphabets.
HOSTILE = (
    "<!channel> <@U1> @all [x](http://evil.test) *b* `c` ```\r\nBcc: a@evil.test\n\x1b[31m=cmd|' /C'!A0 \u202e{noformat}"
    "漢字|a=b\\"
)


def notice(**changes: Any) -> Notice:
    """A notice of a new incident."""
    made = Notice(
        id="ntc-1",
        occasion=Occasion.INCIDENT_NEW,
        subject_id="inc-shop",
        severity=Severity.CRITICAL,
        time=NOW - 40 * 10**9,
        title=Text("shop-web started a shell", "shop-web 启动了 shell"),
        summary=Text("A shell was started and killed.", "一个 shell 被启动并终止。"),
        place="shop-web-1",
        detector="RUN-001",
        owner="team-shop",
        application="shop",
        environment="production",
        path="/incidents/inc-shop",
        started=NOW - 60 * 10**9,
        facts=(Fact(Text("Node", "节点"), "shop-01"), Fact(Text("Stages", "阶段"), Text("Execution", "执行"))),
    )
    return msgspec.structs.replace(made, **changes)


def hostile_notice() -> Notice:
    """One whose every field an attacker wrote."""
    text = Text(HOSTILE, HOSTILE)
    fact = Fact(Text("Process", "进程"), HOSTILE)
    return notice(title=text, summary=text, place=HOSTILE, owner=HOSTILE, detector="RUN-001", facts=(fact,))


def message(*notices: Notice, records: tuple[msgspec.Struct, ...] = (), **changes: Any) -> Message:
    """A message of these notices, rendered with the built-in templates."""
    destination = Destination(name="here", channel=Channel.WEBHOOK, **changes)
    return render(
        destination,
        notices or (notice(),),
        identity="dlv-1",
        now=NOW,
        link="https://periderm.test",
        version="1.2.3",
        records=records,
    )


class Asked(msgspec.Struct):
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)


Script = Callable[[Asked], "tuple[int, bytes | Any] | tuple[int, bytes | Any, dict[str, str]]"]


class Place(ThreadingHTTPServer):
    """Answers as its script says; `asked` are the requests in their order, with header names in small letters."""

    daemon_threads = True

    def __init__(self, script: Script, certificate: Path | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[Asked] = []
        self.serving: list[threading.Thread] = []
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.port = int(self.server_address[1])
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Remembered, so that its end can be waited for."""
        self.serving.append(threading.current_thread())
        super().process_request_thread(request, client_address)

    def end(self) -> None:
        """Waits for those that still serve; a client that went away ends them."""
        for thread in self.serving:
            thread.join(180)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are meant to."""


class _Handler(BaseHTTPRequestHandler):
    server: Place
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """As the script says."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.server.asked.append(asked)
        status, value, *more = self.server.script(asked)
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, told in (more[0] if more else {}).items():
            self.send_header(name, told)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def place(script: Script = lambda _: (200, b"ok"), certificate: Path | None = None) -> Iterator[Place]:
    """A place that ends with the block."""
    made = Place(script, certificate)
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        made.end()
