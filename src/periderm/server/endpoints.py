"""One entry of the API as a value, and how it is called: on a thread, with a bounded body, answered as JSON or msgpack.

The same table makes the routes and the OpenAPI document, so neither can be without the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import anyio
import anyio.to_thread
import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from periderm.app.application import Application
from periderm.model.errors import FormatError, LimitError, PeridermError
from periderm.model.principal import Principal
from periderm.server.callers import Callers
from periderm.server.filters import Parameter
from periderm.server.problems import plain, problem_of, respond

SMALL_BODY = 64 * 1024
BODY_SECONDS = 20.0
THREADS = 16

MSGPACK = "application/msgpack"


class Call(msgspec.Struct, frozen=True):
    """What a handler gets: it runs on a thread and may block."""

    app: Application
    who: Principal
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """`answer` is the type of the answer (None: no content), `body` that of the request's JSON. A handler that returns
    None where an answer was promised says 204."""

    method: str
    path: str
    summary: str
    handle: Callable[[Call], Any]
    answer: Any = None
    body: Any = None
    body_media: str = "application/json"
    parameters: tuple[Parameter, ...] = ()
    status: int = 200
    body_limit: int = SMALL_BODY
    tag: str = ""


async def read_body(request: Request, limit: int, seconds: float = BODY_SECONDS) -> bytes:
    """The whole body. Raises LimitError if it is larger than `limit` bytes, FormatError if it takes too long or breaks off."""
    too_large = LimitError(f"The body is larger than {limit} bytes.", "Send less in one request.")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:20]) > limit:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        with anyio.fail_after(seconds):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise too_large
                parts.append(part)
    except TimeoutError as error:
        raise FormatError(f"The body did not arrive within {seconds:g} seconds.", "Send it faster, or less.") from error
    except ClientDisconnect as error:
        raise FormatError("The caller went away before the body was complete.") from error
    return b"".join(parts)


def encode(request: Request, value: Any, status: int) -> Response:
    """The value in the form that the caller asked for."""
    if value is None:
        return Response(status_code=204)
    if MSGPACK in request.headers.get("accept", ""):
        return Response(msgspec.msgpack.encode(value), status, media_type=MSGPACK)
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def routes_for(table: tuple[Endpoint, ...], app: Application, callers: Callers) -> list[Route]:
    """Routes of the table; paths with the same name share one place, so that a wrong method is told as such."""
    limiter_holder: list[anyio.CapacityLimiter] = []
    return [_route(endpoint, app, callers, limiter_holder) for endpoint in table]


def _route(endpoint: Endpoint, app: Application, callers: Callers, holder: list[anyio.CapacityLimiter]) -> Route:
    async def serve(request: Request) -> Response:
        if not holder:  # a limiter belongs to the loop that runs
            holder.append(anyio.CapacityLimiter(THREADS))
        try:
            who = await anyio.to_thread.run_sync(callers.caller, request, limiter=holder[0])
            body = await read_body(request, endpoint.body_limit) if endpoint.method != "GET" else b""

            def work() -> Response:
                call = Call(app, who, request.path_params, dict(request.query_params), body)
                return encode(request, endpoint.handle(call), endpoint.status)

            return await anyio.to_thread.run_sync(work, limiter=holder[0])
        except PeridermError as error:
            return respond(problem_of(error))

    return Route(endpoint.path, serve, methods=[endpoint.method])


async def http_problem(_: Request, error: Exception) -> Response:
    """Starlette's own refusals (no such address, wrong method) as problems."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    details = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    return respond(plain(status, "Not possible", details.get(status, "The request was refused.")), headers)


def decode_body(call: Call, shape: Any) -> Any:
    """The JSON body as `shape`. Raises FormatError."""
    try:
        return msgspec.json.decode(call.body or b"{}", type=shape)
    except UnicodeDecodeError as error:
        raise FormatError("The body is not UTF-8.", "Send JSON.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise FormatError(f"The body is not what it should be: {error}.", "See /api/v1/openapi.json.") from error
