"""An interactive session that an operator announced before opening it, so that what happens in it can be told apart."""

from __future__ import annotations

import msgspec


class AnnouncedSession(msgspec.Struct, frozen=True, kw_only=True, tag="session"):
    """`container` is a glob on container (or, on a host, node) names; times are Unix nanoseconds, `until` exclusive.
    Alerts below such a session carry its id and stay alerts: an announcement explains, it never excuses."""

    id: str
    author: str
    reason: str
    container: str
    since: int
    until: int
    ended: int = 0
