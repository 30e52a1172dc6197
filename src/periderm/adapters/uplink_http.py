"""The way to the server over HTTP/1.1 and msgpack, with the product's own token or over connections that show who this machine
is. It does not keep or repeat what could not be sent: flow does."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import quote, urlsplit
from weakref import WeakSet

import msgspec

from periderm.model.baseline_news import BaselineNews
from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, ScanRequest
from periderm.model.errors import ConnectError, DeniedError, RefusedError, RestoredError, UsageError
from periderm.model.image import ImageInventory
from periderm.model.orders import Known, Orders, Place
from periderm.model.policy import Policy
from periderm.model.queue import Renewal
from periderm.model.session import AnnouncedSession

Value = TypeVar("Value")

MEDIA_TYPE = "application/msgpack"
TIMEOUT_SECONDS = 30.0
RESPONSE_LIMIT = 256 << 20  # the inventory of a very large image has some 100 MB
_TOKEN_LIMIT = 4096
_PROBLEM_LIMIT = 64 << 10
_AGAIN = "It is tried again; `periderm status` tells whether the server runs."

_encode = msgspec.msgpack.Encoder().encode
_orders = msgspec.msgpack.Decoder(Orders)
_place = msgspec.msgpack.Decoder(Place)
_policies = msgspec.msgpack.Decoder(list[Policy])
_sessions = msgspec.msgpack.Decoder(list[AnnouncedSession])
_inventory = msgspec.msgpack.Decoder(ImageInventory)
_baselines = msgspec.msgpack.Decoder(list[BaselineNews])
_effects = msgspec.msgpack.Decoder(list[Effect])
_request = msgspec.msgpack.Decoder(ScanRequest)


class _Problem(msgspec.Struct, frozen=True):
    """What we read of problem+json (RFC 9457)."""

    type: str = ""
    status: int = 0
    title: str = ""
    detail: str = ""
    next_step: str = ""


# The request itself is wrong: sent again it would be refused again (RFC 9110, 15.5).
REFUSED = frozenset({400, 413, 415, 422})
# How our server says that something is not there, and that it knows no such address: what stands before it may say 404 too.
NO_ADDRESS = "about:blank"
NOT_THERE = ("urn:periderm:problem:notfound", NO_ADDRESS)
RESTORED = 409  # what it took since the copy is to be sent again


class Way(Protocol):
    """Connections that show who this machine is, instead of a token."""

    def connection(self, seconds: float) -> http.client.HTTPConnection:
        """A new one, not yet open."""
        ...

    def version(self) -> object:
        """Changes when connections that are open show what is no longer true."""
        ...


class HttpUplink:
    """`ports.uplink.Uplink`. Each thread that calls has a connection of its own, which is kept open. `way` makes them for a
    server on another machine; `now` is this machine's clock, which that server is told; `trace`
    gives a `traceparent` header, '' for none."""

    def __init__(
        self,
        url: str,
        token_file: str,
        *,
        way: Way | None = None,
        now: Callable[[], int] | None = None,
        trace: Callable[[], str] = str,
    ) -> None:
        wrong = UsageError(f"{url!r} is no address of a server.", "Give one like http://127.0.0.1:8843.")
        try:
            parts = urlsplit(url)
            self._port = parts.port
        except ValueError as error:
            raise wrong from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise wrong
        self._url = url
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._prefix = parts.path.rstrip("/") + "/api/v1"
        self._token_file = Path(token_file)
        self._way = way
        self._now = now
        self._trace = trace
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._open: WeakSet[http.client.HTTPConnection] = WeakSet()
        self._ended = False

    def send(self, envelopes: Sequence[Envelope]) -> None:
        """Returns when the server has made them durable."""
        self._ask("POST", "/ingest", _encode(list(envelopes)))

    def place(self, senders: Sequence[str]) -> Place | None:
        """How far the server is; None from one of the last version."""
        answer = self._ask("POST", "/internal/place", _encode(list(senders)), nothing=404, kinds=(NO_ADDRESS,))
        return None if answer is None else self._read(answer, _place)

    def orders(self, known: Known) -> Orders:
        """What is new; the server waits for it as long as `known` says. One of the last version is asked in its own words."""
        body = _encode(known)
        seconds = TIMEOUT_SECONDS + known.wait
        answer = self._ask("POST", "/internal/orders", body, nothing=404, kinds=(NO_ADDRESS,), seconds=seconds)
        return self._read(answer, _orders) if answer is not None else self._orders_in_parts(known)

    def _orders_in_parts(self, known: Known) -> Orders:
        policies, sessions = tuple(self.policies()), tuple(self.sessions())
        return Orders(
            policies=policies,
            sessions=sessions,
            effects=tuple(effect for effect in self.commands(known.node_id) if effect.id not in known.taken),
            learned=True,
            pause=1.0,
        )

    def interrupt(self) -> None:
        """Ends what is under way on every thread, and what would begin: each raises ConnectError."""
        self._ended = True
        with self._lock:
            held = list(self._open)
        for connection in held:
            if (sock := connection.sock) is not None:
                with contextlib.suppress(OSError):
                    # Not the method of a TLS socket: that takes the session from under the thread that reads.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def policies(self) -> Sequence[Policy]:
        """All policies in force."""
        return self._read(self._ask("GET", "/internal/policies"), _policies)

    def sessions(self) -> Sequence[AnnouncedSession]:
        """Announced sessions that are not over."""
        return self._read(self._ask("GET", "/internal/announced-sessions"), _sessions)

    def inventory(self, image_digest: str) -> ImageInventory | None:
        """What a scan found in an image; None as long as it was not scanned."""
        answer = self._ask("GET", f"/internal/inventories/{quote(image_digest, safe='')}", nothing=404)
        return None if answer is None else self._read(answer, _inventory)

    def baselines(self, known: Mapping[str, str]) -> Sequence[BaselineNews]:
        """What is new of these workloads' baselines."""
        return self._read(self._ask("POST", "/internal/baselines", _encode(dict(known))), _baselines)

    def commands(self, node_id: str) -> Sequence[Effect]:
        """Effects that people decided for this node and that nobody has carried out."""
        return self._read(self._ask("GET", f"/internal/commands?node={quote(node_id, safe='')}"), _effects)

    def take_scan(self, worker: str, *, node_id: str = "", registries: bool = True) -> ScanRequest | None:
        """The next image to scan, leased to this worker."""
        asked = f"worker={quote(worker, safe='')}"
        asked += f"&node={quote(node_id, safe='')}" if node_id else ""
        asked += "" if registries else "&registries=no"
        answer = self._ask("POST", f"/internal/scans/take?{asked}", nothing=204)
        return None if answer is None else self._read(answer, _request)

    def renew_scan(self, worker: str, image_digest: str, doing: str, done: float, *, sending: bool = False) -> bool:
        """The lease is as long again; False if the worker holds the image no more."""
        body = _encode(Renewal(worker=worker, image_digest=image_digest, doing=doing[:500], done=done, sending=sending))
        return self._ask("POST", "/internal/scans/renew", body, nothing=404) is not None

    def put_back_scan(self, worker: str, image_digest: str) -> None:
        """It waits again."""
        body = _encode(Renewal(worker=worker, image_digest=image_digest))
        self._ask("POST", "/internal/scans/put-back", body, nothing=404)

    def close(self) -> None:
        """Close this thread's connection."""
        connection: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if connection is not None:
            connection.close()
            self._mine.connection = None

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        nothing: int = 0,
        kinds: Sequence[str] = NOT_THERE,
        seconds: float | None = None,
    ) -> bytes | None:
        """The body of the answer, None for the status `nothing`; a 404 counts only with the server's own problem of these
        `kinds`. Raises ConnectError, DeniedError, RefusedError."""
        self._mine.seconds = TIMEOUT_SECONDS if seconds is None else seconds
        headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
        if self._way is None:
            headers["Authorization"] = f"Bearer {self._token()}"
        if self._now is not None:
            headers["Periderm-Clock"] = str(self._now())
        if trace := self._trace():
            headers["traceparent"] = trace
        status, answer = self._exchange(method, self._prefix + path, body, headers)
        if status in (401, 403) and self._outdated():
            # The certificate was renewed while this was under way.
            status, answer = self._exchange(method, self._prefix + path, body, headers)
        if status == nothing and (status != 404 or _is_own(answer, kinds)):
            return None
        if status in (401, 403) and self._way is not None:
            raise DeniedError(f"The server at {self._url} refuses this machine{_why(answer)}.", _step(answer))
        if status in (401, 403):
            raise DeniedError(
                f"The server at {self._url} does not accept the token in {self._token_file}.",
                "Start the agent and the server with the same state folder.",
            )
        if status == RESTORED:
            raise RestoredError(f"The server at {self._url} was put back from a copy.")
        if status in REFUSED:
            raise RefusedError(
                f"The server at {self._url} refused it with {status}{_why(answer)}.",
                "Run the server and the agent in the same version.",
            )
        if not 200 <= status < 300:
            raise ConnectError(f"The server at {self._url} answered {status}{_why(answer)}.", _AGAIN)
        return answer

    def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """One request. A kept connection that the server has closed meanwhile is opened anew, once."""
        if self._ended:
            raise ConnectError("This process is ending.", _AGAIN)
        if self._outdated():
            self.close()
        kept: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        connection = kept or self._connect()
        try:
            try:
                return self._once(connection, method, path, body, headers)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                connection.close()
                if kept is None or self._ended:
                    raise
                connection = self._connect()
                return self._once(connection, method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._mine.connection = None
            why = "it did not answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
            raise ConnectError(f"The server at {self._url} cannot be reached: {why}.", _AGAIN) from error

    def _once(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        if connection.sock is not None:
            connection.sock.settimeout(self._mine.seconds)
        connection.request(method, path, body, headers)
        if self._ended:  # it may have looked before this socket was there
            raise ConnectionAbortedError("this process is ending")
        response = connection.getresponse()
        data = response.read(RESPONSE_LIMIT + 1)
        if len(data) > RESPONSE_LIMIT:
            connection.close()
            self._mine.connection = None
            raise ConnectError(
                f"The server at {self._url} answered more than {RESPONSE_LIMIT} bytes.", "Check that it is Periderm's server."
            )
        return response.status, data

    def _connect(self) -> http.client.HTTPConnection:
        if self._way is not None:
            self._mine.version = self._way.version()
            connection = self._way.connection(self._mine.seconds)
        else:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            connection = kind(self._host, self._port, timeout=self._mine.seconds)
        self._mine.connection = connection
        with self._lock:
            self._open.add(connection)
        return connection

    def _outdated(self) -> bool:
        """Whether this thread's connection shows a certificate that was renewed since."""
        return self._way is not None and self._way.version() != getattr(self._mine, "version", None)

    def _token(self) -> str:
        """Read anew each time, since the server makes a new one when its state is new."""
        try:
            descriptor = os.open(self._token_file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                token = os.read(descriptor, _TOKEN_LIMIT).decode("ascii", "replace").strip()
            finally:
                os.close(descriptor)
        except FileNotFoundError as error:
            raise ConnectError(
                f"There is no token in {self._token_file} yet.", "The server writes it when it starts: start it first."
            ) from error
        except OSError as error:
            raise DeniedError(
                f"The token in {self._token_file} cannot be read: {error.strerror}.", "Run as the user who runs the server."
            ) from error
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise DeniedError(f"{self._token_file} holds no token.", "Remove the file and start the server again.")
        return token

    def _read(self, answer: bytes | None, decoder: msgspec.msgpack.Decoder[Value]) -> Value:
        try:
            return decoder.decode(answer or b"")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ConnectError(
                f"The server at {self._url} answered what this version cannot read: {error}.",
                "Run the server and the agent in the same version.",
            ) from error


def _is_own(answer: bytes, kinds: Sequence[str]) -> bool:
    """Whether our server says 404 in this sense, and not something that stands before it."""
    problem = _problem(answer)
    return problem.status == 404 and problem.type in kinds and bool(problem.title)


def _why(answer: bytes) -> str:
    """': …' from a problem+json body, as one printable line; '' from anything else."""
    problem = _problem(answer)
    text = _line(problem.detail or problem.title).rstrip(". ")
    return f": {text}" if text else ""


def _step(answer: bytes) -> str:
    """What the server says to do about it, as one printable line."""
    return _line(_problem(answer).next_step)


def _line(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:300]


def _problem(answer: bytes) -> _Problem:
    try:
        return msgspec.json.decode(answer[:_PROBLEM_LIMIT], type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Problem()
