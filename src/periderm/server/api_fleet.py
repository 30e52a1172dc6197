"""The part of `/api/v1` about machines that join: who did, tokens by which one may, showing one out. Only for administrators.
Parses and asks `app`; decides nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app import fleet, machines
from periderm.model.fleet import AuthorityInfo, JoinedNode, JoinToken
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1

_TEXT = f.Parameter("text", "Part of the name or id; case does not matter.")
_SKIP = f.Parameter("skip", "How many to leave out, in the order of names.", "integer")


class NewJoinToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a new token: the host name that it is bound to ('' for any), for how many seconds it is good, and whether it may
    take the place of a known machine of that name."""

    name: str = ""
    seconds: int = fleet.TOKEN_SECONDS
    again: bool = False


class MadeJoinToken(msgspec.Struct, frozen=True, kw_only=True):
    """`token` is told this once."""

    token: str
    known: JoinToken


def _make(call: Call) -> MadeJoinToken:
    given: NewJoinToken = decode_body(call, NewJoinToken)
    text, token = fleet.make_join_token(call.app, call.who, name=given.name, seconds=given.seconds, again=given.again)
    return MadeJoinToken(token=text, known=_shown(token))


def _shown(token: JoinToken) -> JoinToken:
    """Without the digest of its secret, which is of use to nobody."""
    return msgspec.structs.replace(token, digest="")


def _tokens(call: Call) -> Any:
    return [_shown(token) for token in fleet.list_join_tokens(call.app, call.who)]


class Retiring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an authority's end; with `force` also if machines then have to join again."""

    force: bool = False


def _machines(call: Call) -> machines.Machines:
    given = f.values_from(call.query, (_TEXT, _SKIP))
    return machines.list_machines(call.app, call.who, str(given.get("text", "")), int(given.get("skip", 0)))


def _retire(call: Call) -> AuthorityInfo:
    given: Retiring = decode_body(call, Retiring)
    return fleet.retire_authority(call.app, call.who, call.path["id"], force=given.force)


MACHINES: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/machines",
        summary="Machines with their state: whether they speak, since when not, until when their certificate is good.",
        handle=_machines,
        answer=machines.Machines,
        parameters=(_TEXT, _SKIP),
        tag="machines",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/authorities",
        summary="Where this server answers by TLS, with which certificate, and its own authorities.",
        handle=lambda call: machines.show_doors(call.app, call.who),
        answer=machines.Doors,
        tag="machines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/authorities/roll",
        summary="A new authority issues from now on; machines learn of it when they renew. Asks for a proof in the last 15 "
        "minutes (`/account/confirm`).",
        handle=lambda call: fleet.roll_authority(call.app, call.who),
        answer=AuthorityInfo,
        status=201,
        tag="machines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/authorities/{{id}}/retire",
        summary="Trust an older authority no more. Asks for a proof in the last 15 minutes (`/account/confirm`).",
        handle=_retire,
        answer=AuthorityInfo,
        body=Retiring,
        tag="machines",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/nodes",
        summary="Machines that joined this server, by name.",
        handle=lambda call: fleet.list_nodes(call.app, call.who),
        answer=list[JoinedNode],
        tag="machines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/nodes/{{id}}/revoke",
        summary="Take nothing from a machine any more and tell it nothing, on connections that are open too.",
        handle=lambda call: fleet.revoke_node(call.app, call.who, call.path["id"]),
        answer=JoinedNode,
        tag="machines",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/join-tokens",
        summary="Join tokens, the newest first; never their secrets.",
        handle=_tokens,
        answer=list[JoinToken],
        tag="machines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/join-tokens",
        summary="Let one more machine join: the token is in the answer, this once.",
        handle=_make,
        answer=MadeJoinToken,
        body=NewJoinToken,
        status=201,
        tag="machines",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/join-tokens/{{id}}/revoke",
        summary="Nobody joins by this token any more.",
        handle=lambda call: _shown(fleet.revoke_join_token(call.app, call.who, call.path["id"])),
        answer=JoinToken,
        tag="machines",
    ),
)
