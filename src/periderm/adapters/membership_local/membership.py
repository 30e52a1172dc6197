"""Joining, renewing, and connections that show who this machine is. When to renew is flow's question."""

from __future__ import annotations

import contextlib
import http.client
import os
import ssl
import threading
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from periderm.adapters.membership_local.identity import Identity, IdentityFile
from periderm.adapters.membership_local.keys import new_key, pinned
from periderm.model.errors import ConnectError, DeniedError, FormatError, PeridermError, UsageError
from periderm.model.fleet import Authorities, JoinRequest, Membership, RenewRequest

Value = TypeVar("Value")

# As `adapters.authority_local` writes it into the server's certificate: the server is known by its authority and this name,
# whatever the address that it is reached by.
SERVER_NAME = "server.periderm.internal"
TOKEN_START = "periderm-join"  # noqa: S105  # how every token begins
DEFAULT_PORT = 8844
SECONDS = 20.0
_ANSWER = 1 << 20
_V1 = "/api/v1/fleet"
_MEDIA = "application/msgpack"
_HEX = frozenset("0123456789abcdef")


class _Problem(msgspec.Struct, frozen=True):
    detail: str = ""
    next_step: str = ""


def place_of(url: str) -> tuple[str, int]:
    """Host and port of a server's address. Raises UsageError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme != "https" or not host:
        raise UsageError(f"{url[:200]!r} is no address of a server.", "Give one like https://server.example:8844.")
    return host, port or DEFAULT_PORT


class _Connection(http.client.HTTPSConnection):
    """By TLS, to the server as its authority names it."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds, context=context)
        self._tls = context

    def connect(self) -> None:
        """As http.client does, with the name that the certificate must have."""
        http.client.HTTPConnection.connect(self)
        with contextlib.ExitStack() as undo:
            undo.callback(self.sock.close)
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=SERVER_NAME)
            undo.pop_all()


class LocalMembership:
    """`ports.membership.Membership`. `now` is this machine's clock, Unix nanoseconds. Any thread may call."""

    def __init__(self, path: str, server: str, now: Callable[[], int], version: str = "") -> None:
        self._file = IdentityFile(path)
        self._host, self._port = place_of(server)
        self._server = server
        self._now = now
        self._version = version
        self._lock = threading.Lock()
        self._held: tuple[tuple[int, int], Identity, ssl.SSLContext] | None = None

    def joined(self) -> bool:
        """Whether this machine has an identity for that server."""
        return self._file.stamp() != (0, 0)

    def join(self, token: str, node_id: str, name: str) -> None:
        """Takes up a token. Raises ConnectError, DeniedError, UsageError."""
        parts = token.strip().split(".")
        if len(parts) != 4 or parts[0] != TOKEN_START or len(parts[3]) != 64 or not set(parts[3]) <= _HEX:
            raise UsageError("That is no join token.", "Give it whole, as `periderm join-token new` printed it.")
        # The first question goes to whoever answers; from then on only the one whose fingerprint the token carries does.
        anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anybody.minimum_version = ssl.TLSVersion.TLSv1_3
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        shown = self._ask(anybody, "GET", f"{_V1}/authorities", b"", Authorities)
        context = _context((pinned(shown.authorities, parts[3]),))
        key, request = new_key(node_id)
        asked = JoinRequest(
            token_id=parts[1],
            secret=parts[2],
            node_id=node_id,
            name=name,
            request=request,
            version=self._version,
            time=self._now(),
        )
        self._keep(node_id, name, key, self._ask(context, "POST", f"{_V1}/join", msgspec.msgpack.encode(asked), Membership))

    def renewal_due(self) -> bool:
        """Half of the certificate's life is over."""
        return self._now() >= self._load()[1].half

    def ends(self) -> int:
        """When the certificate ends by this machine's clock, in Unix nanoseconds; 0 if there is none that can be read."""
        try:
            return self._load()[1].until
        except PeridermError:
            return 0

    def renew(self) -> None:
        """The next certificate, for a new key; nothing if another process of this machine was faster. Raises ConnectError,
        DeniedError."""
        with self._file.locked():
            _, identity, context = self._load()
            if self._now() < identity.half:
                return
            key, request = new_key(identity.node_id)
            body = msgspec.msgpack.encode(RenewRequest(request=request, version=self._version))
            answer = self._ask(context, "POST", f"{_V1}/renew", body, Membership)
            self._keep(identity.node_id, identity.name, key, answer)

    def version(self) -> object:
        """Changes with the certificate: a connection that was opened before shows the older one."""
        return self._file.stamp()

    def connection(self, seconds: float) -> http.client.HTTPConnection:
        """A new one, not yet open. Raises NotFoundError, DeniedError."""
        return _Connection(self._host, self._port, self._load()[2], seconds)

    def _keep(self, node_id: str, name: str, key: str, answer: Membership) -> None:
        now = self._now()
        self._file.save(
            Identity(
                server=self._server,
                node_id=node_id,
                name=name,
                key=key,
                certificate=answer.certificate,
                authorities=answer.authorities,
                since=now,
                until=now + answer.seconds * 10**9,
            )
        )

    def _load(self) -> tuple[tuple[int, int], Identity, ssl.SSLContext]:
        with self._lock:
            stamp = self._file.stamp()
            if self._held is None or self._held[0] != stamp:
                identity = self._file.load()
                context = _context(identity.authorities)
                self._show(context, identity)
                self._held = stamp, identity, context
            return self._held

    def _show(self, context: ssl.SSLContext, identity: Identity) -> None:
        """Python's ssl takes a certificate and its key from a file only."""
        descriptor = os.memfd_create("identity", os.MFD_CLOEXEC)
        try:
            os.write(descriptor, (identity.key + identity.certificate).encode("ascii"))
            context.load_cert_chain(f"/proc/self/fd/{descriptor}")
        except (ssl.SSLError, OSError, UnicodeEncodeError) as error:
            raise DeniedError(f"{self._file.path} is damaged: {error}.", "Remove it and join again.") from error
        finally:
            os.close(descriptor)

    def _ask(self, context: ssl.SSLContext, method: str, path: str, body: bytes, answer: type[Value]) -> Value:
        connection = _Connection(self._host, self._port, context, SECONDS)
        with contextlib.closing(connection):
            try:
                connection.request(method, path, body or None, {"Accept": _MEDIA, "Content-Type": _MEDIA})
                response = connection.getresponse()
                data = response.read(_ANSWER)
            except (OSError, http.client.HTTPException) as error:
                raise self._unreachable(error) from error
        if response.status in (401, 403):
            said = _problem(data)
            raise DeniedError(said.detail or "The server refuses this machine.", said.next_step)
        if response.status != 200:
            detail = _problem(data).detail
            raise ConnectError(f"The server at {self._server} answered {response.status}: {detail}".rstrip(": "))
        try:
            return msgspec.msgpack.decode(data, type=answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ConnectError(
                f"The server at {self._server} answered what this version cannot read.", "Run the same version on both."
            ) from error

    def _unreachable(self, error: Exception) -> ConnectError:
        why = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error) or type(error).__name__
        return ConnectError(f"The server at {self._server} cannot be reached: {why}.", "Check its address and its clock.")


def _context(authorities: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(cadata="\n".join(authorities))
    except (ssl.SSLError, ValueError) as error:
        raise FormatError(f"The server's authorities cannot be read: {error}.", "Join again.") from error
    return context


def _problem(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Problem()
