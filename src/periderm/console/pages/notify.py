"""Where others are told: destinations and how telling goes, what was given up. One of them, and its form, is `destination`."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from periderm.app import notify
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render
from periderm.model.notice import DeliveryState
from periderm.model.principal import Permission
from periderm.model.query import Query

STATES = tuple(state.value for state in DeliveryState)

Form = Mapping[str, list[str]]


def page(ask: Ask) -> str:
    """GET /notify"""
    found = notify.list_deliveries(ask.app, ask.person, query_for(ask.query, ("text", "state", "kind")))
    dead = notify.list_deliveries(ask.app, ask.person, Query(state=DeliveryState.DEAD.value, limit=1))
    return render(
        "notify.html",
        ask,
        listed=notify.list_destinations(ask.app, ask.person),
        page=found,
        dead=dead.total,
        states=STATES,
        filtered=any(ask.query.get(n) for n in ("text", "state", "kind")),
        may_change=ask.person.may(Permission.ADMIN),
        may_retry=ask.person.may(Permission.RESPOND),
    )


def remove_from(ask: Ask, _: Form) -> str:
    """The one of the address is told nothing more. Raises NotFoundError."""
    notify.remove_destination(ask.app, ask.person, ask.parts["id"])
    return "/notify"


def pause_from(ask: Ask, form: Form) -> str:
    """Stops, or goes on. Raises NotFoundError."""
    notify.pause_destination(ask.app, ask.person, ask.parts["id"], paused=form.get("paused", [""])[0] == "yes")
    return f"/notify/{quote(ask.parts['id'], safe='')}"


def retry_from(ask: Ask, _: Form) -> str:
    """Sends a delivery again. Raises NotFoundError, UsageError."""
    notify.retry_delivery(ask.app, ask.person, ask.parts["id"])
    return "/notify"


def retry_all_from(ask: Ask, _: Form) -> str:
    """Sends all again that were given up."""
    notify.retry_dead(ask.app, ask.person)
    return "/notify"
