"""Gives everybody a share of the server: whoever asks much at once waits for their own turn and keeps nobody else waiting.
Knows nothing of who may what."""

from __future__ import annotations

import anyio
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from periderm.server.cookies import cookie
from periderm.server.gate import HOOKS
from periderm.server.problems import plain, respond

AT_ONCE = 6  # of the threads that API and pages have each
MOST_WAITING = 100
# Quick, or with bounds of their own, or only for our own processes: they take no turn.
FREE = ("/static/", "/healthz", "/readyz", "/metrics", "/api/v1/events", "/api/v1/ingest", "/api/v1/internal/", HOOKS)
SIGN_IN = "/sign-in"


class _Turns:
    """Of one asker: how many requests there are, and which of them are served."""

    def __init__(self) -> None:
        self.asked = 0
        self.served = anyio.Semaphore(AT_ONCE)


class Sharing:
    """ASGI middleware. An asker is a session or a token as it was sent, else an address; `session` is the cookie's name. Used
    on one event loop."""

    def __init__(self, app: ASGIApp, session: str) -> None:
        self._app = app
        self._session = session
        self.turns: dict[str, _Turns] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on when it is this asker's turn, or answer 503 when too many of theirs wait already."""
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self._app(scope, receive, send)
            return
        asker = self._asker(scope)
        mine = self.turns.setdefault(asker, _Turns())
        mine.asked += 1
        try:
            if mine.asked > AT_ONCE + MOST_WAITING:
                told = plain(
                    503, "Too much at once", f"{MOST_WAITING} of your requests wait already.", "Ask one after another."
                )
                await respond(told)(scope, receive, send)
                return
            async with mine.served:
                await self._app(scope, receive, send)
        finally:
            mine.asked -= 1
            if not mine.asked:
                del self.turns[asker]

    def _asker(self, scope: Scope) -> str:
        # What a stranger sends as a cookie costs them nothing, and passwords are checked slowly: there the address counts.
        if not scope["path"].startswith(SIGN_IN):
            token = Headers(scope=scope).get("authorization", "")
            if token:
                return f"token {token}"
            if session := cookie(HTTPConnection(scope), self._session):
                return f"session {session}"
        return f"address {scope['client'][0] if scope.get('client') else ''}"
