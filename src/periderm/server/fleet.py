"""The part of `/api/v1` that agents of other machines use, with a certificate each. Nothing else of the API is served there:
what a node's certificate cannot reach, a stolen one cannot."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection

from periderm.app import fleet, members
from periderm.app.application import Application
from periderm.model.errors import FormatError
from periderm.model.fleet import Authorities, JoinRequest, Membership, RenewRequest
from periderm.model.principal import Principal
from periderm.server.endpoints import MSGPACK, Call, Endpoint, http_problem, routes_for
from periderm.server.gate import Gate
from periderm.server.internal import INTERNAL, V1

AUTHORITIES = f"{V1}/fleet/authorities"
JOIN = f"{V1}/fleet/join"
RENEW = f"{V1}/fleet/renew"
PEER = "peer_certificate"
NOBODY = Principal("nobody", frozenset())


def _decoded(call: Call, shape: Any) -> Any:
    try:
        return msgspec.msgpack.decode(call.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"The body is not what it should be: {error}.", "Send application/msgpack.") from error


FLEET: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=AUTHORITIES,
        summary="Certificates of all that may have signed this server's, in PEM. Needs no certificate.",
        handle=lambda call: Authorities(fleet.authority_certificates(call.app)),
        answer=Authorities,
        tag="fleet",
    ),
    Endpoint(
        method="POST",
        path=JOIN,
        summary="Take up a join token, once; the answer is the machine's first certificate. Needs no certificate.",
        handle=lambda call: fleet.join(call.app, _decoded(call, JoinRequest), call.address),
        answer=Membership,
        body=JoinRequest,
        body_media=MSGPACK,
        tag="fleet",
    ),
    Endpoint(
        method="POST",
        path=RENEW,
        summary="The next certificate of this machine; also for a month after the last one ended.",
        handle=lambda call: members.renew(call.app, call.who, _decoded(call, RenewRequest)),
        answer=Membership,
        body=RenewRequest,
        body_media=MSGPACK,
        tag="fleet",
    ),
)


class Members:
    """Tells nodes apart by the certificate of their connection. Blocks on the store: call it on a thread."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def caller(self, connection: HTTPConnection) -> Principal:
        """Each request is looked at anew, so that a revoked node is nobody on a connection that is open too. Raises
        DeniedError."""
        path = connection.scope["path"]
        if path in (AUTHORITIES, JOIN):
            return NOBODY
        certificate = connection.scope.get("state", {}).get(PEER, b"")
        return members.member(self._app, certificate, renewing=path == RENEW)


def create_fleet_server(app: Application) -> Starlette:
    """The ASGI application for agents of other machines: to be served by TLS only."""
    return Starlette(
        routes=[*routes_for((*FLEET, *INTERNAL), app, Members(app))],
        # Agents come by certificate, not by a browser's cookie: which host name they used says nothing.
        middleware=[Middleware(Gate, hosts=(), browsers=False)],
        exception_handlers={HTTPException: http_problem},
    )
