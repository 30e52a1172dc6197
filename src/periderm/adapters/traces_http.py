"""Sends spans to an OpenTelemetry collector: OTLP over HTTP in JSON, in batches, from a thread of its own.

Work never waits for it: what does not fit the queue is dropped and counted. Retries only what the specification calls
retryable (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response), and follows no redirects.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from periderm.model.errors import UsageError
from periderm.model.trace import Span

MOST_WAITING = 4096
BATCH = 512
EVERY_SECONDS = 2.0
TIMEOUT_SECONDS = 5.0
TRIES = 3
_WRITE = "Write http://HOST:4318/v1/traces."
_AGAIN = frozenset({429, 502, 503, 504})

log = logging.getLogger(__name__)


class HttpTraces:
    """`encode` makes a body of spans. `put` may be called from any thread. Raises UsageError for an address that is none."""

    def __init__(self, endpoint: str, encode: Callable[[Sequence[Span]], bytes], headers: Mapping[str, str]) -> None:
        try:
            parts = urlsplit(endpoint)
            port = parts.port
        except ValueError as error:
            raise UsageError(f"{endpoint[:200]!r} is no address for traces: {error}.", _WRITE) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise UsageError(f"{endpoint[:200]!r} is no address for traces.", _WRITE)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, port
        self._path = (parts.path or "/v1/traces") + (f"?{parts.query}" if parts.query else "")
        self._encode = encode
        self._headers = {**headers, "Content-Type": "application/json"}
        self._waiting: deque[Span] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)
        self._told = False
        self.dropped = 0
        self.sent = 0

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def put(self, span: Span) -> None:
        """Takes one; never waits."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self.dropped += 1
                return
            self._waiting.append(span)
            full = len(self._waiting) >= BATCH
        if full:
            self._wake.set()

    def close(self) -> None:
        """Send what waits, within a few seconds."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(2 * TIMEOUT_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(EVERY_SECONDS)
            self._wake.clear()
            self._flush()
        self._flush()

    def _flush(self) -> None:
        while True:
            with self._lock:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if not batch:
                return
            if self._sent(self._encode(batch)):
                self.sent += len(batch)
            else:
                self.dropped += len(batch)

    def _sent(self, body: bytes) -> bool:
        why = ""
        for turn in range(1 if self._stop.is_set() else TRIES):
            if turn and self._stop.wait(turn):
                break
            try:
                status = self._post(body)
            except (OSError, http.client.HTTPException, ValueError) as error:
                why = str(error)[:200]
                continue
            if 200 <= status < 300:
                self._told = False
                return True
            why = f"status {status}"
            if status not in _AGAIN:
                break
        if not self._told:  # once, until it works again
            self._told = True
            log.warning("traces could not be sent to %s: %s", self._host, why)
        return False

    def _post(self, body: bytes) -> int:
        if self._secure:
            context = ssl.create_default_context()
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            made = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        with contextlib.closing(made) as connection:
            connection.request("POST", self._path, body, self._headers)
            answer = connection.getresponse()
            answer.read(64 << 10)
            return answer.status


def header_lines(text: str) -> dict[str, str]:
    """`NAME: VALUE` lines. Raises UsageError for any other."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if not line.strip():
            continue
        plain = name.strip().replace("-", "").isalnum() and name.isascii() and value.strip().isprintable()
        if not colon or not plain:
            raise UsageError("A line of the traces' headers is not NAME: VALUE.", "Write one header a line.")
        found[name.strip()] = value.strip()
    return found
