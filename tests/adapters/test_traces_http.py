"""Sending traces to a collector, over a real connection."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Sequence

import pytest

from periderm.adapters.traces_http import MOST_WAITING, HttpTraces, header_lines
from periderm.model.errors import UsageError
from periderm.model.trace import Span


class Collector(http.server.HTTPServer):
    """Keeps what it is sent; answers as it is told to, first one after the other, then 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[int] = []
        self.bodies: list[tuple[str, str, bytes]] = []


class Handler(http.server.BaseHTTPRequestHandler):
    """Takes a body."""

    server: Collector

    def do_POST(self) -> None:
        """Keeps it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.server.bodies.append((self.path, self.headers.get("X-Key", ""), body))
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One that runs."""
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def encode(spans: Sequence[Span]) -> bytes:
    """Their names."""
    return ",".join(span.name for span in spans).encode()


def span(name: str) -> Span:
    """One."""
    return Span(trace_id="a", span_id="b", name=name, start=1, end=2)


def sent(collector: Collector, *names: str) -> HttpTraces:
    """All of them, sent before this returns."""
    traces = HttpTraces(f"http://127.0.0.1:{collector.server_port}/v1/traces", encode, {"X-Key": "k"})
    for name in names:
        traces.put(span(name))
    traces.start()
    traces.close()
    return traces


def test_what_waits_is_sent_at_the_end(collector: Collector) -> None:
    """In one body, with its headers."""
    assert sent(collector, "a", "b").sent == 2
    assert collector.bodies == [("/v1/traces", "k", b"a,b")]


@pytest.mark.parametrize("status", [400, 307])
def test_what_is_refused_is_dropped(collector: Collector, status: int) -> None:
    """Not tried again, and no redirect is followed."""
    collector.answers = [status] * 5
    traces = sent(collector, "a")
    assert (traces.sent, traces.dropped, len(collector.bodies)) == (0, 1, 1)


def test_a_busy_collector_is_asked_again(collector: Collector) -> None:
    """After a second; work never waits for it."""
    collector.answers = [503]
    traces = HttpTraces(f"http://127.0.0.1:{collector.server_port}", encode, {})
    traces.put(span("a"))
    traces._wake.set()
    traces.start()
    while not traces.sent:
        threading.Event().wait(0.02)
    traces.close()
    assert [path for path, _, _ in collector.bodies] == ["/v1/traces"] * 2


def test_nobody_answers() -> None:
    """What does not fit the queue is counted, and closing ends."""
    traces = HttpTraces("http://127.0.0.1:1/", encode, {})
    for number in range(MOST_WAITING + 5):
        traces.put(span(str(number)))
    traces.start()
    traces.close()
    assert (traces.sent, traces.dropped) == (0, MOST_WAITING + 5)


@pytest.mark.parametrize("address", ["", "ftp://x/", "http://", "http://u:p@x/", "http://x:99999/", "x"])
def test_an_address_that_is_none(address: str) -> None:
    """Is told at the start."""
    with pytest.raises(UsageError):
        HttpTraces(address, encode, {})


def test_header_lines() -> None:
    """Names and values; nothing that could begin another header."""
    assert header_lines("Authorization: Bearer x:y\n\nX-A:b\n") == {"Authorization": "Bearer x:y", "X-A": "b"}
    for wrong in ("no colon", "a b: c", ": x", "a: b\x0bc"):
        with pytest.raises(UsageError):
            header_lines(wrong)
