"""Announcing an interactive session before it is opened, so that alerts below it can be told from an intruder's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.ids import stable_id
from periderm.model.principal import Permission, Principal
from periderm.model.session import AnnouncedSession

LONGEST_SECONDS = 24 * 3600
LONGEST_REASON = 500


def announce(app: Application, who: Principal, container: str, reason: str, seconds: int) -> AnnouncedSession:
    """A session in containers (or on nodes) whose name matches, from now on for so many seconds. Alerts below it stay
    alerts. Raises UsageError if there is no reason, no name, or it is to last longer than a day."""
    require(who, Permission.RESPOND)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise UsageError("An announced session needs a reason.", "Say in a sentence what you are going to do there.")
    if not container or len(container) > LONGEST_REASON:
        raise UsageError("An announced session needs the name of a container or node.", "`periderm assets` lists names.")
    if not 0 < seconds <= LONGEST_SECONDS:
        raise UsageError("An announced session lasts at most a day.", "Announce it again when it takes longer.")
    now = app.clock.now()
    session = AnnouncedSession(
        id=stable_id("ses", who.name, container, now),
        author=who.name,
        reason=reason,
        container=container,
        since=now,
        until=now + seconds * 10**9,
    )
    with app.store.transaction():
        app.store.put_announcement(session)
        note(app, who, "session.announce", session.id, f"{container}: {reason}")
    return session


def end_announcement(app: Application, who: Principal, session_id: str) -> AnnouncedSession:
    """No session that begins from now on is explained by it. Ending twice changes nothing. Raises NotFoundError."""
    require(who, Permission.RESPOND)
    with app.store.transaction():
        session = app.store.announcement(session_id)
        if session is None:
            raise NotFoundError(
                f"There is no announced session {session_id[:64]!r}.", "`periderm session` lists those in force."
            )
        if not session.ended:
            session = msgspec.structs.replace(session, ended=app.clock.now())
            app.store.put_announcement(session)
            note(app, who, "session.announced-end", session.id)
    return session


def list_announcements(app: Application, who: Principal, *, past: bool = False) -> Sequence[AnnouncedSession]:
    """Those in force, the earliest first; with `past` all that are kept."""
    require(who, Permission.READ)
    return app.store.announcements(0 if past else app.clock.now())


def announcements_of(app: Application, who: Principal, ids: Iterable[str]) -> Mapping[str, AnnouncedSession]:
    """The announcements that these alerts name; what is not kept any more is left out."""
    require(who, Permission.READ)
    found = (app.store.announcement(session_id) for session_id in dict.fromkeys(ids) if session_id)
    return {session.id: session for session in found if session is not None}
