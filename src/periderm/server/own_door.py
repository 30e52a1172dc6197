"""The door of an agent or a scan worker for probes and scrapers of its own machine: `/healthz`, `/readyz` and `/metrics`, and
nothing else. Decides only who may read figures."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from periderm.app.figures import MEDIA
from periderm.app.own_state import OwnState
from periderm.server.endpoints import encode, http_problem
from periderm.server.gate import Gate
from periderm.server.problems import plain, respond

KEPT_NS = 10**9  # answers are made at most once a second, however often anybody asks
MOST_CONNECTIONS = 32
Value = TypeVar("Value")


class _Kept:
    """The last answer of a question, for a second."""

    def __init__(self, state: OwnState) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._held: dict[str, tuple[int, object]] = {}

    def get(self, name: str, ask: Callable[[], Value]) -> Value:
        """Asks again after a second; one caller at a time."""
        with self._lock:
            now = self._state.clock.monotonic()
            held = self._held.get(name)
            if held is None or now - held[0] >= KEPT_NS:
                held = self._held[name] = (now, ask())
            return held[1]  # type: ignore[return-value]  # what this name was asked for


def create_own_door(state: OwnState) -> Starlette:
    """The ASGI application. Figures are for the token wherever they are asked for; TLS is the caller's to see to."""
    kept = _Kept(state)
    limiter: list[anyio.CapacityLimiter] = []

    async def on_thread(work: Callable[[], Value]) -> Value:
        if not limiter:  # a limiter belongs to the loop that runs
            limiter.append(anyio.CapacityLimiter(2))
        return await anyio.to_thread.run_sync(work, limiter=limiter[0])

    async def healthz(_: Request) -> Response:
        lives = state.lives()
        return Response("ok\n" if lives else "the main loop hangs\n", 200 if lives else 503, media_type="text/plain")

    async def readyz(request: Request) -> Response:
        found = await on_thread(lambda: kept.get("ready", state.readiness))
        return encode(request, found, 200 if found.ready else 503)

    async def metrics(request: Request) -> Response:
        if not _let_in(state, request):
            told = plain(401, "Not signed in", "Figures are for the metrics token.", "Send it as a bearer token.")
            return respond(told, {"WWW-Authenticate": "Bearer"})
        found = await on_thread(lambda: kept.get("figures", state.figures))
        return Response(found, media_type=None, headers={"Content-Type": MEDIA})

    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
            Route("/metrics", metrics, methods=["GET"]),
        ],
        # A probe calls this machine by whatever name it has; no cookie counts here, so no page can use one.
        middleware=[Middleware(Gate, hosts=(), browsers=False)],
        exception_handlers={HTTPException: http_problem},
    )


def _let_in(state: OwnState, request: Request) -> bool:
    if state.open_to_all():
        return True
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme == "Bearer" and bool(state.token) and hmac.compare_digest(token.encode(), state.token.encode())
