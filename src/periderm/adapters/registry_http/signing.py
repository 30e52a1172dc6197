"""Signs requests: basic authentication and bearer tokens, as the registry's challenge asks for them.

Registry token specification (spec/auth/token.md, oauth.md), RFC 6750, RFC 7617. Credentials go to the registry they are kept
for, and to a token server of the same host or domain; to any other only where the user's configuration names it.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from periderm.adapters.registry_http.credentials import Find
from periderm.adapters.registry_http.site import Site
from periderm.formats.registry_answers import Challenge, parse_error, parse_token
from periderm.model.errors import ConnectError, DeniedError, FormatError
from periderm.model.registry import Credentials
from periderm.ports.clock import Clock

_CLIENT = "periderm"
_EARLY = 10.0  # seconds before its end a token is not used any more
_LONGEST = 3600.0  # whatever the server says
_MOST_TOKENS = 1024


class Asked(msgspec.Struct, frozen=True):
    """A request to a token server."""

    url: str
    authorization: str = ""
    form: bytes = b""


Fetch = Callable[[Site, Asked], tuple[int, bytes]]


class _Known(msgspec.Struct):
    """How one repository is signed in to: the header, when it ends (monotonic nanoseconds; 0 never), and the challenge."""

    header: str
    ends: int
    challenge: Challenge


class Signer:
    """Thread-safe. `fetch`, where it is asked for, asks a token server. `own` gives credentials that are meant for the
    registry alone, whatever its name, and never for a mirror; `find` those of each by its name."""

    def __init__(self, find: Find, clock: Clock, own: Find | None = None) -> None:
        self._find = find
        self._own = own
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}
        self._lock = threading.Lock()

    def header(self, site: Site, fetch: Fetch) -> str:
        """`Authorization` for a request, '' if none is known to be asked for."""
        with self._lock:
            known = self._known.get((site.host, site.repository))
        if known is None:
            return ""
        if known.ends and self._clock.monotonic() >= known.ends:
            return self._sign(site, known.challenge, fetch)
        return known.header

    def answer(self, site: Site, challenges: Sequence[Challenge], rejected: str, fetch: Fetch) -> str:
        """`Authorization` for what was refused with these challenges; `rejected` is what was sent with it. Raises
        DeniedError where nothing (more) can be tried, and what asking a token server raises."""
        by_scheme = {challenge.scheme: challenge for challenge in reversed(challenges)}
        challenge = by_scheme.get("bearer") or by_scheme.get("basic")
        if challenge is None:
            told = ", ".join(sorted(by_scheme))[:80] or "no way to sign in"
            raise DeniedError(f"{site.name} asks for {told}, which is not known here.", "It should ask for Basic or Bearer.")
        header = self._sign(site, challenge, fetch)
        if header == rejected:
            raise denied(site, "")
        return header

    def _sign(self, site: Site, challenge: Challenge, fetch: Fetch) -> str:
        found = self._own(site.name, site.repository) if self._own is not None and not site.mirror else None
        found = found or self._find(site.name, site.repository)
        if challenge.scheme == "basic":
            if found is None or not found.username:
                raise denied(site, "it asks for a password")
            known = _Known(_basic(found), 0, challenge)
        else:
            known = self._token(site, challenge, found, fetch)
        with self._lock:
            if len(self._known) >= _MOST_TOKENS:
                self._known.clear()
            self._known[site.host, site.repository] = known
        return known.header

    def _token(self, site: Site, challenge: Challenge, found: Credentials | None, fetch: Fetch) -> _Known:
        """A fresh token for what the challenge asks for."""
        realm = challenge.parameters.get("realm", "")
        host = _host(realm)
        if found is not None and not belongs(site, host):
            raise DeniedError(
                f"{site.name} wants your credentials to be sent to {host}, which was not done.",
                f"If that is its token server, allow it: PERIDERM_REGISTRY_REALMS={host}, or token-realms in registries.toml.",
            )
        service = challenge.parameters.get("service", "")
        scope = challenge.parameters.get("scope", "")
        if not scope and site.repository:
            scope = f"repository:{site.repository}:pull"
        began = self._clock.monotonic()
        status, data = _asked(lambda asked: fetch(site, asked), realm, service=service, scope=scope, found=found)
        if status in (401, 403):
            raise denied(site, parse_error(data) or f"its token server {host} answers {status}")
        if status != 200:
            raise ConnectError(f"The token server {host} of {site.name} answers {status}.", "Try again later.")
        token = parse_token(data)
        seconds = min(max(token.expires_in, 60.0), _LONGEST) - _EARLY
        return _Known(f"Bearer {token.bearer}", began + int(seconds * 1e9), challenge)


def _asked(
    fetch: Callable[[Asked], tuple[int, bytes]], realm: str, *, service: str, scope: str, found: Credentials | None
) -> tuple[int, bytes]:
    """GET with basic authentication, which all token servers know; OAuth2's POST for an identity token, and where GET is not
    known."""
    scopes = scope.split()
    if found is None or not found.identity_token:
        query = urlencode([*([("service", service)] if service else []), *(("scope", one) for one in scopes)])
        if found is not None and found.username:
            query = "&".join((query, urlencode([("account", found.username)])))
        status, data = fetch(Asked(_with_query(realm, query), _basic(found) if found else ""))
        if status not in (404, 405) or found is None:
            return status, data
        grant = {"grant_type": "password", "username": found.username, "password": found.password}
    else:
        grant = {"grant_type": "refresh_token", "refresh_token": found.identity_token}
    form = {**grant, "service": service, "client_id": _CLIENT, "scope": " ".join(scopes)}
    return fetch(Asked(realm, form=urlencode(form).encode()))


def belongs(site: Site, realm: str) -> bool:
    """Whether a token server's host is the registry's own, one of its domain, or one that the user named."""
    own = site.host.rpartition(":")[0] if site.host.rpartition(":")[2].isdecimal() else site.host
    own, realm = own.strip("[]").lower(), realm.lower()
    if realm == own or realm in site.realms:
        return True
    domain = own.partition(".")[2]
    named = not own.replace(".", "").isdecimal() and ":" not in own
    return named and "." in domain and (realm == domain or realm.endswith("." + domain))


def denied(site: Site, why: str) -> DeniedError:
    """What to say when a registry does not let in."""
    tail = f" ({why})" if why else ""
    return DeniedError(
        f"{site.name} does not give {site.repository or 'what was asked for'} to you{tail}.",
        f"Sign in with `podman login {site.name}`, or set PERIDERM_REGISTRY_HOST, …_USERNAME and …_PASSWORD. "
        "The name may also be wrong.",
    )


def _basic(found: Credentials) -> str:
    return "Basic " + base64.b64encode(f"{found.username}:{found.password}".encode()).decode("ascii")


def _host(realm: str) -> str:
    """The host of a realm. Raises FormatError."""
    try:
        host = urlsplit(realm).hostname or ""
    except ValueError:
        host = ""
    if not host:
        raise FormatError("The registry names a token server that is no address.", "It should be https://….")
    return host


def _with_query(url: str, query: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, query) if part), fragment=""))
