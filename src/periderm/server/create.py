"""Puts the server together: gate, API, internal API, events, console. Knows no concrete store or bus."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Iterable

import anyio
import anyio.to_thread
import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from periderm.app.application import Application
from periderm.app.changes import changes_after, shown_to
from periderm.app.meters import Meters
from periderm.console import assets as console_assets
from periderm.model.errors import PeridermError, UsageError
from periderm.server.api import PUBLIC
from periderm.server.callers import SERVICE, Callers
from periderm.server.endpoints import http_problem, routes_for
from periderm.server.filters import Parameter, query_from
from periderm.server.gate import LOOPBACK, Gate
from periderm.server.internal import INTERNAL
from periderm.server.live import MOST_OF_ONE, MOST_READERS, Feed
from periderm.server.measuring import Measuring, paths_of
from periderm.server.openapi import document
from periderm.server.operations import OPERATIONS, Operations
from periderm.server.pages import Pages
from periderm.server.problems import SignedOutError, plain, problem_of, respond
from periderm.server.sharing import Sharing
from periderm.server.webhooks import HOOKS, hook_routes

TABLE = (*PUBLIC, *INTERNAL)
AFTER = (Parameter("after", "Only changes with a greater number.", "integer"),)


def create_server(
    app: Application,
    service_token: str,
    *,
    built: console_assets.Assets | None = None,
    hosts: Iterable[str] = LOOPBACK,
    secure: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> Starlette:
    """The ASGI application. `service_token` lets agents and workers in ('' lets none in); `built` are the console's
    assets (from the package if not given); `secure` says that it is served by TLS; `stopping` ends event streams when it
    says so.
    Raises UsageError if the assets were not built."""
    callers = Callers(app, service_token, secure=secure)
    feed = Feed(lambda after, limit: changes_after(app, SERVICE, after, limit), stopping)
    pages = Pages(app, callers, built or console_assets.load(), feed)

    async def describe(_: Request) -> Response:
        return Response(await anyio.to_thread.run_sync(described), media_type="application/json")

    async def events(request: Request) -> Response:
        return await _events(request, callers, feed)

    @contextlib.asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(feed.watch)
            yield
            tasks.cancel_scope.cancel()

    routes = [
        *Operations(app, callers).routes(),
        Route("/api/v1/openapi.json", describe, methods=["GET"]),
        Route("/api/v1/events", events, methods=["GET"]),
        *hook_routes(app),
        *routes_for(TABLE, app, callers),
        *pages.routes(),
    ]
    measuring = Middleware(Measuring, app.meters or Meters(), app.clock, paths_of(routes))
    return Starlette(
        routes=routes,
        middleware=[measuring, Middleware(Gate, hosts=tuple(hosts)), Middleware(Sharing, session=callers.cookie)],
        exception_handlers={HTTPException: http_problem},
        lifespan=live,
    )


@functools.cache
def described() -> bytes:
    """The OpenAPI document, made when somebody asks for it: it takes longer than all the rest of a server's start."""
    return msgspec.json.format(msgspec.json.encode(document((*TABLE, *HOOKS, *OPERATIONS))), indent=2)


async def _events(request: Request, callers: Callers, feed: Feed) -> Response:
    try:
        who = await anyio.to_thread.run_sync(callers.caller, request)
        after = _after(request)
    except PeridermError as error:
        return respond(problem_of(error))
    if feed.readers >= MOST_READERS or feed.held[who.name] >= MOST_OF_ONE:
        detail = f"{MOST_READERS} pages are live already, or {MOST_OF_ONE} of yours."
        return respond(plain(503, "Too many live pages", detail, "Close one, or reload this page by hand."))

    def still() -> bool:
        try:
            return callers.caller(request) == who
        except SignedOutError:
            return False

    told = feed.follow(after, lambda change: shown_to(who, change), still, who.name)
    return StreamingResponse(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _after(request: Request) -> int | None:
    """The last number that the page saw: the browser's own header goes before the address."""
    last = request.headers.get("last-event-id", "")
    if last:
        if not (last.isascii() and last.isdigit() and len(last) < 20):
            raise UsageError("Last-Event-ID is not a number.", "Leave it out.")
        return int(last)
    given = dict(request.query_params)
    query_from({k: v for k, v in given.items() if k != "after"}, AFTER)
    text = given.get("after", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise UsageError("`after` is not a number.", "Leave it out.")
    return int(text)
