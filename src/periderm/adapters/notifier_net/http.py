"""One HTTP request of a notifier: no redirects are followed, the answer is bounded, and a status is an error with the next
step. What is sent and what an answer means is told by each plug."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from periderm.adapters.notifier_net.dialing import WHOLE_SECONDS, Resolve, connected, resolve
from periderm.model.errors import NotifierError
from periderm.model.networks import Network

LARGEST_ANSWER = 256 << 10
# RFC 9110: these may pass; all other refusals of the 4xx kind are the same again.
_AGAIN = frozenset({408, 409, 423, 425, 429})


class Answer(msgspec.Struct, frozen=True):
    """Status, headers by small names, and at most LARGEST_ANSWER bytes of the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def said(self) -> str:
        """A short line of it, for people."""
        text = self.body[:600].decode("utf-8", "replace")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def parts_of(url: str) -> SplitResult:
    """An https (or http) address with a host. Raises NotifierError, without saying the address: it may be a secret."""
    wrong = NotifierError("Its address is no URL.", "Give one like https://host/path.", again=False)
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None:
        raise wrong
    if not url.isascii() or any(c <= " " or c == "\x7f" for c in url):
        raise wrong
    return parts


class Http:
    """Requests to one host. `networks` are those that are not public and may be reached; http without TLS only there."""

    def __init__(
        self,
        url: str,
        networks: Sequence[Network] = (),
        *,
        tls: ssl.SSLContext | None = None,
        find: Resolve = resolve,
        seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._parts = parts_of(url)
        self._networks = networks
        self._tls = tls
        self._find = find
        self._seconds = seconds
        secure = self._parts.scheme == "https"
        if not secure and not networks:
            raise NotifierError(
                "Its address is http, so everybody on the way could read it.",
                "Give an https address, or allow its network.",
                again=False,
            )
        self._secure = secure
        self._host = self._parts.hostname or ""
        self._port = self._parts.port or (443 if secure else 80)

    @property
    def path(self) -> str:
        """The path and query of the address."""
        return (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """One request and its whole answer. Raises NotifierError for what is no answer; a status is not looked at."""
        tls = (self._tls or ssl.create_default_context()) if self._secure else None
        how: dict[str, Any] = {"tls": tls, "public": self._secure, "seconds": self._seconds, "find": self._find}
        with connected(self._host, self._port, self._networks, **how) as line:
            connection = http.client.HTTPConnection(self._host, self._port)
            connection.sock = line
            try:
                given = {"User-Agent": "Periderm", "Accept": "application/json", "Connection": "close", **(headers or {})}
                connection.request(method, path, body, given)
                with connection.getresponse() as response:
                    data = response.read(LARGEST_ANSWER)
                    told = response.getheaders()
            except http.client.HTTPException as error:
                raise NotifierError(
                    f"{self._host} does not speak HTTP: {type(error).__name__}.", "Check the address."
                ) from error
            return Answer(response.status, {k.lower(): v for k, v in told}, data)

    def post(self, path: str, value: Any, headers: Mapping[str, str] | None = None, method: str = "POST") -> Answer:
        """JSON. Raises NotifierError for every status that is not 2xx."""
        given = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        return self.good(self.ask(method, path, msgspec.json.encode(value), given))

    def good(self, answer: Answer) -> Answer:
        """The same if it is 2xx. Raises NotifierError."""
        if 200 <= answer.status < 300:
            return answer
        if 300 <= answer.status < 400:
            raise NotifierError(
                f"{self._host} sends elsewhere ({answer.status}); that is not followed.", "Give the final address.", again=False
            )
        again = answer.status in _AGAIN or answer.status >= 500
        step = {401: "Check its secret.", 403: "Check the rights of its secret.", 404: "Check its address."}
        said = answer.said()
        raise NotifierError(
            f"{self._host} answered {answer.status}{f': {said}' if said else ''}.",
            step.get(answer.status, "It is tried again." if again else "Check what it is sent to."),
            again=again,
            wait=retry_after(answer.headers),
        )


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds (RFC 9110, 10.2.3); a date, and what is no number, counts as nothing."""
    told = headers.get("retry-after", "").strip()
    return float(told) if told.isascii() and told.isdigit() and len(told) < 7 else 0.0


def authorization(secret: str) -> dict[str, str]:
    """'USER:PASSWORD' as Basic (RFC 7617), else a bearer token (RFC 6750); nothing for nothing. Raises NotifierError."""
    if not secret:
        return {}
    if not secret.isprintable():
        raise NotifierError("Its secret holds what no header may hold.", "Write one line into it.", again=False)
    if ":" in secret:
        return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    if not secret.isascii():
        raise NotifierError("Its token is not ASCII.", "Write the token alone into it.", again=False)
    return {"Authorization": f"Bearer {secret}"}
