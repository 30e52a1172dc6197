"""Takes notifications of registries. They carry a secret of their own: neither sessions nor the service's token count here.

Parses the address, bounds the body, asks `app`; what the body says is judged there.
"""

from __future__ import annotations

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from periderm.app.application import Application
from periderm.app.registry_hooks import Taken, take_hook
from periderm.model.errors import PeridermError
from periderm.server.endpoints import Endpoint, encode, read_body
from periderm.server.filters import Parameter
from periderm.server.gate import HOOKS as PREFIX
from periderm.server.problems import problem_of, respond

BODY_LIMIT = 256 << 10
AT_ONCE = 4  # so that a flood of them leaves the other threads alone
_HEADERS = ("authorization", "x-hub-signature-256")
PATH = f"{PREFIX}registry/{{name}}"


def hook_routes(app: Application) -> list[Route]:
    """The one address that registries send to."""
    holder: list[anyio.CapacityLimiter] = []

    async def take(request: Request) -> Response:
        if not holder:  # a limiter belongs to the loop that runs
            holder.append(anyio.CapacityLimiter(AT_ONCE))
        try:
            body = await read_body(request, BODY_LIMIT)
            headers = {name: request.headers.get(name, "") for name in _HEADERS}
            token = request.query_params.get("token", "")
            name = request.path_params["name"]

            def work() -> Response:
                return encode(request, take_hook(app, name, headers, token, body), 202)

            return await anyio.to_thread.run_sync(work, limiter=holder[0])
        except PeridermError as error:
            return respond(problem_of(error))

    return [Route(PATH, take, methods=["POST"])]


def _described(call: object) -> None:
    """The route above serves it; this entry only describes it."""
    del call


HOOKS: tuple[Endpoint, ...] = (
    Endpoint(
        method="POST",
        path=PATH,
        summary="A registry tells that something was pushed or deleted, proven by the webhook's own secret: as "
        "`Authorization: Bearer …`, as an HMAC in X-Hub-Signature-256, or as `token` where the sender can do neither.",
        handle=_described,
        answer=Taken,
        parameters=(Parameter("token", "The secret, for senders that send neither headers nor signatures."),),
        status=202,
        body_limit=BODY_LIMIT,
        tag="registries",
        open=True,
    ),
)
