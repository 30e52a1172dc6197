"""Announced sessions: those in force, those that are over, and the form that announces one."""

from __future__ import annotations

from collections.abc import Mapping

from periderm.app.announce import announce, end_announcement, list_announcements
from periderm.console.render import Ask, render
from periderm.model.errors import UsageError

TIMES = (900, 1800, 3600, 4 * 3600, 8 * 3600, 24 * 3600)
PROPOSED = 1800
MOST_PAST = 100


def page(ask: Ask) -> str:
    """GET /sessions"""
    now = ask.app.clock.now()
    every = list_announcements(ask.app, ask.person, past=True)
    holding = [s for s in every if not s.ended and s.since <= now < s.until]
    over = [s for s in every if s.ended or s.until <= now]
    return render(
        "sessions.html",
        ask,
        holding=holding,
        over=sorted(over, key=lambda s: (-s.since, s.id))[:MOST_PAST],
        more=max(0, len(over) - MOST_PAST),
        times=TIMES,
        proposed=PROPOSED,
        container=ask.query.get("container", "")[:500],
    )


def announce_from(ask: Ask, given: Mapping[str, str]) -> str:
    """Announces what the form says; the session's id. Raises UsageError."""
    seconds = given.get("seconds", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 9):
        raise UsageError("The time of the session is not a number.", "Choose one of the list.")
    return announce(ask.app, ask.person, given.get("container", "").strip(), given.get("reason", ""), int(seconds)).id


def end_from(ask: Ask) -> str:
    """Ends the one of the address; its id. Raises NotFoundError."""
    return end_announcement(ask.app, ask.person, ask.parts["id"]).id
