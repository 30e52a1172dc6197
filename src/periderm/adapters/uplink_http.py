"""The way to the server over HTTP/1.1 and msgpack, with the product's own token. It does not keep or repeat what could
not be sent: flow does."""

from __future__ import annotations

import http.client
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from periderm.model.effect import Effect
from periderm.model.envelope import Envelope, ScanRequest
from periderm.model.errors import ConnectError, DeniedError, RefusedError, UsageError
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession

Value = TypeVar("Value")

MEDIA_TYPE = "application/msgpack"
TIMEOUT_SECONDS = 30.0
RESPONSE_LIMIT = 256 << 20  # the inventory of a very large image has some 100 MB
_TOKEN_LIMIT = 4096
_PROBLEM_LIMIT = 64 << 10
_AGAIN = "It is tried again; `periderm status` tells whether the server runs."

_encode = msgspec.msgpack.Encoder().encode
_policies = msgspec.msgpack.Decoder(list[Policy])
_sessions = msgspec.msgpack.Decoder(list[AnnouncedSession])
_inventory = msgspec.msgpack.Decoder(ImageInventory)
_effects = msgspec.msgpack.Decoder(list[Effect])
_request = msgspec.msgpack.Decoder(ScanRequest)


class _Problem(msgspec.Struct, frozen=True):
    """What we read of problem+json (RFC 9457)."""

    title: str = ""
    detail: str = ""


# The request itself is wrong: sent again it would be refused again (RFC 9110, 15.5).
REFUSED = frozenset({400, 413, 415, 422})


class HttpUplink:
    """`ports.uplink.Uplink`. Each thread that calls has a connection of its own, which is kept open."""

    def __init__(self, url: str, token_file: str) -> None:
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
        self._mine = threading.local()

    def send(self, envelopes: Sequence[Envelope]) -> None:
        """Returns when the server has made them durable."""
        self._ask("POST", "/ingest", _encode(list(envelopes)))

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

    def commands(self, node_id: str) -> Sequence[Effect]:
        """Effects that people decided for this node and that nobody has carried out."""
        return self._read(self._ask("GET", f"/internal/commands?node={quote(node_id, safe='')}"), _effects)

    def take_scan(self, worker: str) -> ScanRequest | None:
        """The next image to scan, leased to this worker."""
        answer = self._ask("POST", f"/internal/scans/take?worker={quote(worker, safe='')}", nothing=204)
        return None if answer is None else self._read(answer, _request)

    def close(self) -> None:
        """Close this thread's connection."""
        connection: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if connection is not None:
            connection.close()
            self._mine.connection = None

    def _ask(self, method: str, path: str, body: bytes = b"", *, nothing: int = 0) -> bytes | None:
        """The body of the answer, None for the status `nothing`. Raises ConnectError, DeniedError, RefusedError."""
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
        status, answer = self._exchange(method, self._prefix + path, body, headers)
        if status == nothing:
            return None
        if status in (401, 403):
            raise DeniedError(
                f"The server at {self._url} does not accept the token in {self._token_file}.",
                "Start the agent and the server with the same state folder.",
            )
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
        kept: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        connection = kept or self._connect()
        try:
            try:
                return self._once(connection, method, path, body, headers)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                connection.close()
                if kept is None:
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
        connection.request(method, path, body, headers)
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
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT_SECONDS)
        self._mine.connection = connection
        return connection

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


def _why(answer: bytes) -> str:
    """': …' from a problem+json body, as one printable line; '' from anything else."""
    try:
        problem = msgspec.json.decode(answer[:_PROBLEM_LIMIT], type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    text = "".join(letter for letter in problem.detail or problem.title if letter.isprintable())[:300].rstrip(". ")
    return f": {text}" if text else ""
