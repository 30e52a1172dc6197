"""One document over HTTPS, whole, within bounds, straight from its server: no proxy, no redirect. Understands none of it.

What a person at this machine names is asked as it is; what the server asks by itself goes through `connect`, which the wiring
gives: it decides which addresses may be spoken to.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from urllib.parse import SplitResult, urlsplit

from periderm.model.errors import ConnectError, DeniedError, LimitError, NotifierError, UsageError
from periderm.model.owner_table import OwnerSource
from periderm.ports.owner_documents import OwnerDocument

TIMEOUT_SECONDS = 30.0
LONGEST_ETAG = 500
# A connection to a host and port, with TLS if a context is given; closed at the end of the block. Raises NotifierError.
Connect = Callable[[str, int, ssl.SSLContext | None], AbstractContextManager[socket.socket]]


class HttpOwnerDocuments:
    """`ports.owner_documents.OwnerDocuments`. `connect_to` is told which networks that are not public may be reached,
    `secret_of` reads what a token's reference names."""

    def __init__(self, most: int, connect_to: Callable[[tuple[str, ...]], Connect], secret_of: Callable[[str], str]) -> None:
        self._most = most
        self._connect_to = connect_to
        self._secret_of = secret_of

    def fetch(self, source: OwnerSource) -> OwnerDocument | None:
        """What the address answers now; None for 304."""
        token = self._secret_of(source.token) if source.token else ""
        connect = self._connect_to(source.networks)
        return _ask(source.address, self._most, token=token, ca_file=source.ca, etag=source.etag, connect=connect)


def read(url: str, most: int, *, token: str = "", ca_file: str = "") -> bytes:
    """The body, at most `most` bytes. `token` is sent as a bearer's, `ca_file` replaces the system's authorities. Raises
    UsageError, ConnectError, DeniedError, LimitError."""
    found = _ask(url, most, token=token, ca_file=ca_file)
    return found.data if found is not None else b""


def _ask(
    url: str, most: int, *, token: str = "", ca_file: str = "", etag: str = "", connect: Connect | None = None
) -> OwnerDocument | None:
    parts = _checked(url, guarded=connect is not None)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "text/csv, */*;q=0.1", "User-Agent": "periderm"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if etag:
        headers["If-None-Match"] = etag
    try:
        with ExitStack() as ends:
            connection = _connection(parts, ca_file, connect, ends)
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            data = answer.read(most + 1)
    except NotifierError as error:
        raise ConnectError(error.what, error.next_step) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ConnectError(f"{url} cannot be read: {error}.", "Check the address and the certificates.") from error
    if etag and answer.status == 304:
        return None
    if answer.status in (401, 403):
        raise DeniedError(f"{url} answered {answer.status}.", "Give a token that may read it: --token env:NAME.")
    if answer.status != 200:
        raise ConnectError(f"{url} answered {answer.status}.", "Check the address; redirects are not followed.")
    if len(data) > most:
        raise LimitError(f"{url} has more than {most} bytes.", "Ask for fewer columns or rows.")
    told = answer.getheader("ETag", "")
    return OwnerDocument(data, told if len(told) <= LONGEST_ETAG and told.isascii() and told.isprintable() else "")


def _connection(parts: SplitResult, ca_file: str, connect: Connect | None, ends: ExitStack) -> http.client.HTTPConnection:
    host, tls = parts.hostname or "", parts.scheme == "https"
    context = _context(ca_file) if tls else None
    if connect is not None:
        connection = http.client.HTTPConnection(host, parts.port or (443 if tls else 80))
        connection.sock = ends.enter_context(connect(host, connection.port, context))
    elif context is not None:
        connection = http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)
    ends.callback(connection.close)
    return connection


def _context(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise UsageError(f"{ca_file} holds no certificates: {error}.", "Name a file in PEM form.") from error


def _checked(url: str, *, guarded: bool = False) -> SplitResult:
    """Raises UsageError unless it is https, or http on loopback; `guarded`: or http where the guard lets it through."""
    wrong = UsageError(f"{url[:200]!r} is no address that is fetched.", "Give one that begins with https://.")
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise wrong
    try:
        parts = urlsplit(url)
        known = parts.port is None or parts.port > 0
    except ValueError as error:
        raise wrong from error
    if not known or not parts.hostname or parts.username is not None:
        raise wrong
    if parts.scheme != "https" and not (parts.scheme == "http" and (guarded or _loopback(parts.hostname))):
        raise wrong
    return parts


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
