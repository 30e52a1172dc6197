"""Asks a registry: signed in, led on by redirects that may be followed, tried again where that can help.

What a server says is never believed further than its own host: `Authorization` stays there, redirects lead only to TLS (or
where the registry itself has none) and to no address nearer than the registry's own. Knows nothing of manifests and blobs.
"""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import urljoin

from periderm.adapters.registry_http.addresses import Nearness, is_loopback, may_lead
from periderm.adapters.registry_http.credentials import Find
from periderm.adapters.registry_http.line import Answer
from periderm.adapters.registry_http.saying import address_parts, said, split_host, unreachable
from periderm.adapters.registry_http.signing import Asked, Signer, denied
from periderm.adapters.registry_http.site import Site
from periderm.adapters.registry_http.trust import Trust
from periderm.adapters.registry_http.wire import NETWORK_ERRORS, RefusedAddressError, Server, Wire
from periderm.formats.registry_answers import parse_challenges, parse_error
from periderm.model.errors import ConnectError, FormatError, NotFoundError
from periderm.model.text import Text
from periderm.ports.clock import Clock

T = TypeVar("T")
Tell = Callable[[str, float | None], None]
ATTEMPTS = 5
REDIRECTS = 5
LONGEST_WAIT = 120.0  # seconds that one answer may ask for
_BACK_OFF = (1.0, 2.0, 4.0, 8.0)
_MOST_TOKEN = 1 << 20
_MOST_ERROR = 64 << 10
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_FINE = frozenset({200, 206, 304})
_PLAIN = Text("{host} is asked without encryption, because it is said to be insecure.", "{host} 已被声明为不安全，连接未加密。")
_UNVERIFIED = Text(
    "{host} is asked without verifying who it is, because it is said to be insecure.",
    "{host} 已被声明为不安全，未验证其身份。",
)


class BusyError(Exception):
    """The server says: later. `seconds` is what it asks to wait, 0 if it does not say."""

    def __init__(self, what: str, seconds: float = 0.0) -> None:
        super().__init__(what)
        self.seconds = seconds


class Asking:
    """Thread-safe. `tell` hears of waits, `warn` once of each registry that is asked without protection.
    `own`: see `Signer`."""

    def __init__(
        self,
        wire: Wire,
        find: Find,
        clock: Clock,
        *,
        certificates: Callable[[str], Trust],
        tell: Tell = lambda _text, _done: None,
        warn: Callable[[Text], None] = lambda _text: None,
        own: Find | None = None,
    ) -> None:
        self._wire = wire
        self._clock = clock
        self._tell = tell
        self._warn = warn
        self._certificates = certificates
        self._signer = Signer(find, clock, own)
        self._schemes: dict[tuple[str, Trust], str] = {}
        self._lock = threading.Lock()

    def retried(self, site: Site, action: Callable[[], T]) -> T:
        """The action's value; again after a while where the server is busy or the network broke. Raises ConnectError."""
        failed = 0
        while True:
            try:
                return action()
            except (BusyError, *NETWORK_ERRORS) as error:
                failed += 1
                last = error
            if failed >= (2 if site.mirror else ATTEMPTS):
                raise unreachable(site, last)
            self.pause(site, last, failed)

    def pause(self, site: Site, error: Exception, failed: int) -> None:
        """Waits before the next attempt, and tells why. Raises ConnectError where waiting is no use."""
        if isinstance(error, ssl.SSLCertVerificationError):
            raise unreachable(site, error)  # it will not be another certificate the next time
        asked = error.seconds if isinstance(error, BusyError) else 0.0
        if asked > LONGEST_WAIT:
            raise ConnectError(f"{site.name} asks to wait for {asked:.0f} seconds.", "Scan again after that.") from None
        wait = max(asked, _BACK_OFF[min(failed, len(_BACK_OFF)) - 1])
        self._tell(f"{site.name}: {said(error)}; asking again in {wait:.0f} s", None)
        self._clock.sleep(wait)

    @contextlib.contextmanager
    def once(self, site: Site, path: str, headers: Mapping[str, str], *, method: str = "GET") -> Iterator[Answer]:
        """One answer whose status is fine. Raises BusyError and network errors (see `retried`), NotFoundError, DeniedError,
        FormatError."""
        server = self._server(site)
        signed = self._signer.header(site, self._token)
        for attempt in range(3):
            told = {**headers, **({"Authorization": signed} if signed else {})}
            with self._led(site, server, path, told, method) as answer:
                if answer.status != 401 or attempt == 2:
                    self._judge(site, answer)
                    yield answer
                    return
                challenges = parse_challenges(answer.header("WWW-Authenticate"))
                body = _short(answer)
            if not challenges:
                raise denied(site, parse_error(body))
            signed = self._signer.answer(site, challenges, signed, self._token)

    @contextlib.contextmanager
    def _led(self, site: Site, server: Server, path: str, headers: Mapping[str, str], method: str) -> Iterator[Answer]:
        """The answer at the end of all redirects."""
        home, target, hop = server, path, 0
        while True:
            with self._exchange(site, home, server, (method, target, headers)) as answer:
                if answer.status not in _MOVED:
                    yield answer
                    return
                location = answer.header("Location")
            hop += 1
            if hop > REDIRECTS:
                raise FormatError(f"{site.name} leads from one address to the next without end.", "Ask its operator.")
            following, target = self._following(site, home, server, _joined(server, target, location))
            if (following.scheme, following.host, following.port) != (server.scheme, server.host, server.port):
                headers = {name: value for name, value in headers.items() if name != "Authorization"}
            server = following

    @contextlib.contextmanager
    def _exchange(
        self, site: Site, home: Server, server: Server, question: tuple[str, str, Mapping[str, str]]
    ) -> Iterator[Answer]:
        """One exchange (method, target, headers); away from the registry only with addresses that it may lead to."""
        own = server == home or server.host in site.redirects

        def may(near: Nearness) -> bool:
            return own or may_lead(self._wire.nearness(home), near)

        try:
            with self._wire.exchange(server, *question, may=may) as answer:
                yield answer
        except RefusedAddressError:
            raise FormatError(
                f"{site.name} leads to {server.host}, an address of an inner network, which is not followed.",
                f"If that is right, allow it: PERIDERM_REGISTRY_REDIRECTS={server.host}.",
            ) from None
        except http.client.LineTooLong:
            raise FormatError(f"{server.host} answers with absurdly long headers.", "Ask its operator.") from None

    def _following(self, site: Site, home: Server, server: Server, url: str) -> tuple[Server, str]:
        """Where a redirect leads. Raises FormatError where it may not."""
        where = address_parts(url)
        if where is None:
            raise FormatError(f"{site.name} leads to what is no address.", "Ask its operator.")
        scheme, host, port, target = where
        if scheme == "http" and not (home.scheme == "http" and (site.trust.insecure or is_loopback(host))):
            raise FormatError(f"{site.name} leads to {host} without encryption, which is not followed.", "Ask its operator.")
        if (scheme, host, port) == (home.scheme, home.host, home.port):
            return home, target
        if (scheme, host, port) == (server.scheme, server.host, server.port):
            return server, target
        return Server(scheme, host, port, self._foreign(host, port)), target

    def _foreign(self, host: str, port: int) -> Trust:
        """What is believed of a host that a registry names: never what was said of the registry alone."""
        return self._certificates(host if port == 443 else f"{host}:{port}")

    def _token(self, site: Site, asked: Asked) -> tuple[int, bytes]:
        """Asks a token server; its redirects are not followed, for credentials go with the question."""
        where = address_parts(asked.url)
        home = self._server(site)
        if where is None:
            raise FormatError(f"{site.name} names a token server that is no address.", "Ask its operator.")
        scheme, host, port, target = where
        if scheme == "http" and not (home.scheme == "http" and (site.trust.insecure or is_loopback(host))):
            raise FormatError(f"{site.name} names a token server without encryption ({host}).", "Ask its operator.")
        trust = site.trust if host == home.host else self._foreign(host, port)
        headers = {"Accept": "application/json"}
        if asked.authorization:
            headers["Authorization"] = asked.authorization
        if asked.form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        server = Server(scheme, host, port, trust)

        def may(near: Nearness) -> bool:
            return host == home.host or host in site.realms or may_lead(self._wire.nearness(home), near)

        method = "POST" if asked.form else "GET"
        try:
            with self._wire.exchange(server, method, target, headers, body=asked.form, may=may) as answer:
                if answer.status in _TRANSIENT:
                    raise BusyError(f"its token server answers {answer.status}", self._after(answer))
                return answer.status, answer.read(_MOST_TOKEN)
        except RefusedAddressError:
            raise FormatError(f"{site.name} names a token server in an inner network ({host}).", "Ask its operator.") from None
        except ValueError:
            raise FormatError(f"The token server {host} gives an endless answer.", "Ask its operator.") from None

    def _after(self, answer: Answer) -> float:
        """Seconds that `Retry-After` (RFC 9110, 10.2.3) asks for, 0 without."""
        told = answer.header("Retry-After").strip()
        if told.isascii() and told.isdecimal() and len(told) < 9:
            return float(told)
        try:
            until = email.utils.parsedate_to_datetime(told).timestamp()
        except (ValueError, TypeError, OverflowError):
            return 0.0
        return max(0.0, until - self._clock.now() / 1e9)

    def _server(self, site: Site) -> Server:
        """The registry's server. Whether it speaks TLS is tried out where it need not."""
        host, port = split_host(site.host)
        key = (site.host, site.trust)
        with self._lock:
            scheme = self._schemes.get(key)
        if scheme is None:
            plain = site.trust.insecure or is_loopback(host)
            scheme = self._tried(Server("https", host, port or 443, site.trust)) if plain else "https"
            with self._lock:
                said_before, self._schemes[key] = key in self._schemes, scheme
            if site.trust.insecure and not said_before:
                self._warn((_PLAIN if scheme == "http" else _UNVERIFIED).fill(host=site.host))
        return Server(scheme, host, port or (443 if scheme == "https" else 80), site.trust)

    def _tried(self, server: Server) -> str:
        """The scheme of a registry that need not speak TLS."""
        try:
            with self._wire.exchange(server, "GET", "/v2/", {}):
                return "https"
        except ssl.SSLCertVerificationError:
            return "https"  # it does speak TLS; what is wrong is met and told when it is asked
        except NETWORK_ERRORS as error:
            # A server that sends TLS's alerts (that it wants a client's certificate, say) speaks TLS.
            alert = isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or "")
            return "https" if alert else "http"

    def _judge(self, site: Site, answer: Answer) -> None:
        """Raises what an answer that is not fine means."""
        status = answer.status
        if status in _FINE:
            return
        if status in _TRANSIENT:
            what = "its limit of requests is reached" if status == 429 else f"it answers {status}"
            raise BusyError(what, self._after(answer))
        why = parse_error(_short(answer))
        if status in (401, 403):
            raise denied(site, why)
        told = f" ({why})" if why else ""
        if status == 404:
            raise NotFoundError(f"{site.shown} does not have what was asked for{told}.", "Check the name and the tag.")
        if status == 416:
            raise OSError("the part that is missing cannot be had")
        raise FormatError(f"{site.name} answers {status}{told}, which was not expected.", "Is it a registry?")


def _short(answer: Answer) -> bytes:
    """The body of an error, if it can be had."""
    try:
        return answer.read(_MOST_ERROR)
    except (ValueError, *NETWORK_ERRORS):
        return b""


def _joined(server: Server, target: str, location: str) -> str:
    """The address that a `Location` means (RFC 9110, 10.2.2); '' for one that means none."""
    try:
        return urljoin(f"{server.scheme}://{server.authority}{target}", location)
    except ValueError:
        return ""
