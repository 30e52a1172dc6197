"""A connection to a host that somebody named: only to an address that may be spoken to, and over within a time.

The name is resolved once; the connection goes to an address that was looked at, never to the name again. Proxies of the
environment are not used: they would be asked to reach what is refused here.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from periderm.model.errors import NotifierError
from periderm.model.networks import Network, permitted

CONNECT_SECONDS = 10.0
WHOLE_SECONDS = 30.0
MOST_ADDRESSES = 8

Found = Sequence[tuple[Any, ...]]
Resolve = Callable[[str, int, int], Found]


class Refused(NotifierError):
    """The name leads to addresses that may not be spoken to. Another try may find another address."""


def resolve(host: str, port: int, kind: int = socket.SOCK_STREAM) -> Found:
    """As the system does it."""
    return socket.getaddrinfo(host, port, 0, kind)


def addresses(
    host: str,
    port: int,
    networks: Sequence[Network],
    *,
    public: bool = True,
    find: Resolve = resolve,
    kind: int = socket.SOCK_STREAM,
) -> list[tuple[int, tuple[Any, ...]]]:
    """(family, socket address) of those that may be spoken to. Raises NotifierError."""
    try:
        found = find(host, port, kind)
    except (OSError, UnicodeError) as error:
        raise NotifierError(
            f"The name {host} cannot be resolved: {_why(error)}.", "Check the name, and the resolver."
        ) from error
    seen: dict[str, tuple[int, tuple[Any, ...]]] = {}
    refused = ""
    for family, _, _, _, place in found:
        text = str(place[0]).partition("%")[0]  # a zone belongs to link-local addresses
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        if permitted(address, networks, public=public):
            seen.setdefault(text, (family, tuple(place)))
        else:
            refused = text
    if not seen and refused:
        raise Refused(
            f"{host} is {refused}, which is not an address that may be spoken to{'' if public else ' without TLS'}.",
            f"If it is meant, allow it: --network {refused} (or the network it is in).",
        )
    if not seen:
        raise NotifierError(f"The name {host} has no address.", "Check the name.")
    return list(seen.values())[:MOST_ADDRESSES]


@contextlib.contextmanager
def connected(
    host: str,
    port: int,
    networks: Sequence[Network],
    *,
    public: bool = True,
    tls: ssl.SSLContext | None = None,
    seconds: float = WHOLE_SECONDS,
    find: Resolve = resolve,
) -> Iterator[socket.socket]:
    """A connection, closed at the end of the block and cut off after `seconds` however slowly the other side speaks. Raises
    NotifierError for what goes wrong here and inside."""
    late = threading.Event()
    with contextlib.ExitStack() as undo, translated(host, port, late):
        line = _connect(addresses(host, port, networks, public=public, find=find), min(CONNECT_SECONDS, seconds))
        undo.callback(line.close)
        # A second descriptor of the same connection: wrapping takes the first away, and cutting either cuts both.
        again = socket.socket(fileno=os.dup(line.fileno()))
        undo.callback(again.close)

        def cut() -> None:
            late.set()
            with contextlib.suppress(OSError):
                again.shutdown(socket.SHUT_RDWR)

        clock = threading.Timer(seconds, cut)
        clock.daemon = True
        clock.start()
        undo.callback(clock.cancel)
        if tls is not None:
            line = tls.wrap_socket(line, server_hostname=host)
            undo.callback(line.close)
        yield line


def _connect(places: Sequence[tuple[int, tuple[Any, ...]]], seconds: float) -> socket.socket:
    failure: OSError | None = None
    for family, place in places:
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(seconds)
            line.connect(place)
        except OSError as error:
            line.close()
            failure = error
        else:
            return line
    raise failure or OSError("there is no address")


@contextlib.contextmanager
def translated(host: str, port: int, late: threading.Event | None = None) -> Iterator[None]:
    """Failures of the medium in our words; none of them is a traceback."""
    try:
        yield
    except NotifierError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise NotifierError(
            f"The certificate of {host}:{port} is not trusted: {error.verify_message}.",
            "Name its authority with --option ca=/PATH.",
        ) from error
    except (OSError, EOFError, ValueError) as error:
        why = "it took too long" if late is not None and late.is_set() else _why(error)
        raise NotifierError(f"{host}:{port} cannot be told: {why}.", "It is tried again.") from error


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def tls_context(ca: str = "", certificate: str = "", key: str = "") -> ssl.SSLContext:
    """A client's context that trusts the system's authorities, or only those in the file. Raises NotifierError."""
    try:
        context = ssl.create_default_context(cafile=ca or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate:
            context.load_cert_chain(certificate, key or None)
    except (OSError, ValueError) as error:
        named = " and ".join(name for name in (ca, certificate, key) if name)
        raise NotifierError(f"{named} cannot be used: {_why(error)}.", "Give files in PEM form.") from error
    return context
