"""The part of `/api/v1` about announced sessions. Parses and asks `app`; decides nothing."""

from __future__ import annotations

import msgspec

from periderm.app import announce
from periderm.model.session import AnnouncedSession
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1


class NewSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an announcement: a glob on names, why, and for how many seconds."""

    container: str
    reason: str
    seconds: int


def _announce(call: Call) -> AnnouncedSession:
    given: NewSession = decode_body(call, NewSession)
    return announce.announce(call.app, call.who, given.container, given.reason, given.seconds)


SESSIONS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/announced-sessions",
        summary="Announced sessions that are not over.",
        handle=lambda call: announce.list_announcements(call.app, call.who),
        answer=list[AnnouncedSession],
        tag="sessions",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/announced-sessions",
        summary="Announce an interactive session before opening it; alerts below it are labelled and stay alerts.",
        handle=_announce,
        answer=AnnouncedSession,
        body=NewSession,
        status=201,
        tag="sessions",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/announced-sessions/{{id}}/end",
        summary="End an announced session: what begins from now on is not explained by it.",
        handle=lambda call: announce.end_announcement(call.app, call.who, call.path["id"]),
        answer=AnnouncedSession,
        tag="sessions",
    ),
)
