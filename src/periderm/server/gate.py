"""What every request passes before anything of it is believed: host name, origin, and the headers of every answer.

A browser can be led to send requests here by any page it shows. So the Host header must name this machine's loopback
(else a foreign name was re-bound to 127.0.0.1), and a request that changes something must come from our own pages.
Knows nothing of who the caller is.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from periderm.server.problems import plain, respond

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_TARGET = 8192
HOOKS = "/api/v1/webhooks/"

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not 'no-referrer': it makes browsers send `Origin: null` with our own forms (Fetch, 'append a request Origin header').
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def host_name(host: str) -> str:
    """The name in a Host header without its port, in lower case; '' if it is malformed."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, ""
    if port and not (port.isascii() and port.isdigit()):
        return ""
    if name.startswith("["):
        return name[1:-1].lower() if name.endswith("]") else ""
    return "" if ":" in name else name.lower()


def _ambiguous(scope: Scope) -> bool:
    """Whether a proxy before us might divide what was sent in another way: a length and chunks in one request (RFC 9112, 6.3),
    a version that nobody speaks. The connection has to end with the answer, so that nothing behind it is a request."""
    names = {name for name, _ in scope["headers"]}
    return {b"content-length", b"transfer-encoding"} <= names or scope.get("http_version", "1.1") not in ("1.0", "1.1")


class Gate:
    """ASGI middleware. `hosts` are the names by which this server may be called. Without `browsers` neither host nor origin is
    looked at: for a door where a cookie counts for nothing."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = LOOPBACK, *, browsers: bool = True) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._browsers = browsers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if _ambiguous(scope):
            told = plain(400, "Malformed", "The request has a length and chunks, or is of no version of HTTP/1.", "")
            await respond(told, {"Connection": "close"})(scope, receive, send_guarded)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await respond(plain(*refusal))(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str, str, str] | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if self._browsers and (len(hosts) != 1 or host_name(hosts[0]) not in self._hosts):
            return 421, "Wrong host", "This server answers only to its loopback name.", "Open http://127.0.0.1 with its port."
        if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > LONGEST_TARGET:
            return 414, "Address too long", f"An address has at most {LONGEST_TARGET} bytes.", ""
        if scope["method"] == "POST" and scope["path"].startswith(HOOKS):
            # A registry sends it, which proves itself by the webhook's own secret; no cookie counts there.
            return None
        if not self._browsers or scope["method"] in SAFE or headers.get("authorization", "").startswith("Bearer "):
            # A browser never adds a bearer token by itself, so such a request was not forged by a page.
            return None
        if headers.get("origin") not in {f"http://{hosts[0]}", f"https://{hosts[0]}"}:
            return 403, "Foreign origin", "This request did not come from a page of this console.", "Reload and try again."
        return None
