"""For those who run the server: `/healthz`, `/readyz` and `/metrics`. Decides only who may read figures."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from periderm.app.application import Application, require
from periderm.app.figures import MEDIA, figures
from periderm.app.readiness import Readiness, readiness
from periderm.model.errors import DeniedError, PeridermError
from periderm.model.principal import Permission
from periderm.server.callers import Callers
from periderm.server.endpoints import Endpoint, encode
from periderm.server.problems import problem_of, respond


def _described(call: object) -> None:
    """A route below serves it; this entry only describes it."""
    del call


OPERATIONS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path="/healthz",
        summary="Whether the server answers at all. Anyone may ask.",
        handle=_described,
        answer=str,
        answer_media="text/plain",
        tag="operations",
        open=True,
    ),
    Endpoint(
        method="GET",
        path="/readyz",
        summary="Whether it can do its work, by part; 503 if not. Anyone may ask.",
        handle=_described,
        answer=Readiness,
        tag="operations",
        open=True,
        also=(503,),
    ),
    Endpoint(
        method="GET",
        path="/metrics",
        summary="Figures in Prometheus' text format, for the metrics token or who may read everything.",
        handle=_described,
        answer=str,
        answer_media=MEDIA,
        tag="operations",
    ),
)
KEPT_NS = 10**9  # answers to strangers are made at most once a second, however often they ask


class _Kept:
    """The last answer of a costly question, for a second."""

    def __init__(self, app: Application, ask: Callable[[Application], object]) -> None:
        self._app = app
        self._ask = ask
        self._lock = threading.Lock()
        self._at = -KEPT_NS
        self._answer: object = None

    def get(self) -> object:
        """Asks again after a second; one caller at a time."""
        with self._lock:
            now = self._app.clock.monotonic()
            if self._answer is None or now - self._at >= KEPT_NS:
                self._answer, self._at = self._ask(self._app), now
            return self._answer


class Operations:
    """The application's metrics token lets a scraper read figures and nothing else; '' lets none in by it."""

    def __init__(self, app: Application, callers: Callers) -> None:
        self._app = app
        self._callers = callers
        self._token = app.metrics_token.encode()
        self._ready = _Kept(app, readiness)
        self._figures = _Kept(app, figures)
        self._limiter: list[anyio.CapacityLimiter] = []

    def routes(self) -> list[Route]:
        """Not below /api: probes and scrapers expect them here."""
        return [
            Route("/healthz", self._healthz, methods=["GET"]),
            Route("/readyz", self._readyz, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
        ]

    async def _healthz(self, _: Request) -> Response:
        """The event loop answers; nothing else is asked, so that a slow store is no reason to be restarted."""
        return Response("ok\n", media_type="text/plain")

    async def _readyz(self, request: Request) -> Response:
        found = await self._on_thread(self._ready.get)
        assert isinstance(found, Readiness)  # noqa: S101  # what it was made with
        return encode(request, found, 200 if found.ready else 503)

    async def _metrics(self, request: Request) -> Response:
        try:
            await self._on_thread(lambda: self._let_in(request))
            found = await self._on_thread(self._figures.get)
        except PeridermError as error:
            return respond(problem_of(error))
        return Response(found if isinstance(found, bytes) else b"", media_type=None, headers={"Content-Type": MEDIA})

    def _let_in(self, request: Request) -> None:
        settings = self._app.live() if self._app.live is not None else self._app.settings
        if settings.metrics_open:
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer" and self._token and hmac.compare_digest(token.encode(), self._token):
            return
        who = self._callers.caller(request)
        require(who, Permission.READ)
        if who.limited or who.node_id:  # the figures are sums over everything
            raise DeniedError(f"{who.name} may read a part only.", "Ask an administrator for the metrics token.")

    async def _on_thread(self, work: Callable[[], object]) -> object:
        if not self._limiter:  # a limiter belongs to the loop that runs
            self._limiter.append(anyio.CapacityLimiter(2))
        return await anyio.to_thread.run_sync(work, limiter=self._limiter[0])
