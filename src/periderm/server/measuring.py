"""Counts and times every answer by its route, so that what a caller writes into an address makes no new series."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from periderm.app.meters import Meters
from periderm.app.tracing import server_span


class Ticking(Protocol):
    """What tells how long something took."""

    def monotonic(self) -> int: ...


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds: their traces would drown all others
# What lasts as long as a page is open, or until there is news: their time says nothing.
STREAMS = frozenset({"/api/v1/events", "/api/v1/internal/orders"})


def paths_of(routes: Iterable[BaseRoute]) -> dict[object, str]:
    """The path of each route by what serves it."""
    return {route.endpoint: route.path for route in routes if isinstance(route, Route)}


class Measuring:
    """ASGI middleware, outside of the gate. `paths` is filled once the routes are known."""

    def __init__(self, app: ASGIApp, meters: Meters, clock: Ticking, paths: dict[object, str]) -> None:
        self._app = app
        self._meters = meters
        self._clock = clock
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count when the answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._clock.monotonic()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else OTHER
        with server_span(method, dict(scope["headers"]).get(b"traceparent", b""), quiet=scope["path"] in PROBES) as span:
            try:
                await self._app(scope, receive, watched)
            finally:
                route = self._paths.get(scope.get("endpoint"), OTHER)
                self._meters.count("periderm_http_requests_total", method=method, route=route, code=str(status))
                if route not in STREAMS:
                    seconds = (self._clock.monotonic() - began) / 1e9
                    self._meters.observe("periderm_http_request_duration_seconds", seconds, method=method, route=route)
                span.answered(method, route, status)
