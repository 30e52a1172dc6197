"""One entry of the API as a value, and how it is called: on a thread, with a bounded body, answered as JSON or msgpack.

The same table makes the routes and the OpenAPI document, so neither can be without the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import anyio
import anyio.to_thread
import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from periderm.app.application import Application
from periderm.app.scoped import scoped
from periderm.model.errors import FormatError, LimitError, PeridermError
from periderm.model.principal import Principal
from periderm.server.filters import Parameter
from periderm.server.problems import plain, problem_of, respond
from periderm.server.waiting import ENDING, Later, Waiting

SMALL_BODY = 64 * 1024
BODY_SECONDS = 20.0
THREADS = 16

MSGPACK = "application/msgpack"
CLOCK = "periderm-clock"  # the header in which an agent tells its clock, Unix nanoseconds


class Asking(Protocol):
    """Who tells callers apart. Blocks on the store: it is called on a thread."""

    def caller(self, connection: HTTPConnection) -> Principal:
        """Raises DeniedError."""
        ...


class Call(msgspec.Struct, frozen=True):
    """What a handler gets: it runs on a thread and may block. `address` is whence the connection comes."""

    app: Application
    who: Principal
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    address: str = ""
    clock: int = 0  # the caller's own, Unix nanoseconds, where it told it
    last: bool = True  # it has waited, or may not: `Later` is no answer


class Blob(msgspec.Struct, frozen=True):
    """An answer that is a file and no value of the model; the entry names its media type in `answer_media`."""

    content: bytes
    media: str


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
    answer_media: str = ""  # of an answer that is text, and not one of the model's values
    parameters: tuple[Parameter, ...] = ()
    status: int = 200
    body_limit: int = SMALL_BODY
    tag: str = ""
    open: bool = False  # asks for neither a session nor a token
    also: tuple[int, ...] = ()  # statuses beside `status` that come with the same kind of answer


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
    if isinstance(value, Blob):  # to be kept, and never shown as a page of ours
        return Response(value.content, status, media_type=value.media, headers={"Content-Disposition": "attachment"})
    if MSGPACK in request.headers.get("accept", ""):
        return Response(msgspec.msgpack.encode(value), status, media_type=MSGPACK)
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def routes_for(table: tuple[Endpoint, ...], app: Application, callers: Asking) -> list[Route]:
    """Routes of the table; paths with the same name share one place, so that a wrong method is told as such."""
    limiter_holder: list[anyio.CapacityLimiter] = []
    waiting = Waiting()
    return [_route(endpoint, app, callers, limiter_holder, waiting) for endpoint in table]


def _route(
    endpoint: Endpoint, app: Application, callers: Asking, holder: list[anyio.CapacityLimiter], waiting: Waiting
) -> Route:
    async def serve(request: Request) -> Response:
        if not holder:  # a limiter belongs to the loop that runs
            holder.append(anyio.CapacityLimiter(THREADS))
        try:
            who = await anyio.to_thread.run_sync(callers.caller, request, limiter=holder[0])
            body = await read_body(request, endpoint.body_limit) if endpoint.method != "GET" else b""

            def work(last: bool) -> Response | Later:
                if endpoint.method != "GET":
                    return handled(last)
                with app.store.look():
                    return handled(last)

            def handled(last: bool) -> Response | Later:
                # Who waited is looked at anew: a node may have been revoked meanwhile.
                caller = callers.caller(request) if last else who
                call = Call(
                    scoped(app, caller),
                    caller,
                    request.path_params,
                    dict(request.query_params),
                    body,
                    _address(request),
                    _clock(request),
                    last,
                )
                found = endpoint.handle(call)
                return found if isinstance(found, Later) else encode(request, found, endpoint.status)

            answer = await anyio.to_thread.run_sync(work, False, limiter=holder[0])
            if isinstance(answer, Later):
                if not await waiting.news(answer, request.scope.get("state", {}).get(ENDING)):
                    return respond(plain(503, "Not available", "The server ends, or the caller is gone.", "Ask again."))
                answer = await anyio.to_thread.run_sync(work, True, limiter=holder[0])
            assert isinstance(answer, Response)  # noqa: S101 -- asked for the last time, a handler answers
            return answer
        except PeridermError as error:
            return respond(problem_of(error))

    return Route(endpoint.path, serve, methods=[endpoint.method])


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _clock(request: Request) -> int:
    told = request.headers.get(CLOCK, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0


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
