"""Saying that an incident was a false alarm: what could keep it from coming again, with what each of that would have hidden,
and the form that says so in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from periderm.app import false_alarm
from periderm.app.behaviour_words import said
from periderm.app.false_alarm import FalseAlarm
from periderm.app.incidents import read_incident
from periderm.console.pages.triage import dated
from periderm.console.render import Ask, render
from periderm.model.errors import UsageError
from periderm.model.incident import IncidentState
from periderm.model.principal import Permission
from periderm.model.timestamps import end_of_day

MOST_CHOSEN = 100
LONGEST = 4_000


def page(ask: Ask) -> str:
    """GET /incidents/{id}/false-alarm"""
    incident = read_incident(ask.app, ask.person, ask.parts["id"])
    suggested = false_alarm.suggest(ask.app, ask.person, incident.id)
    return render(
        "false_alarm.html",
        ask,
        incident=incident,
        suggested=suggested,
        others=len({name for each in suggested.suggestions for name in each.hidden.incidents} - {incident.id}),
        may_except=ask.person.may(Permission.POLICY),
        until=dated(suggested.until),
        already=incident.state is IncidentState.FALSE_ALARM,
        said=said,
        owner=ask.person.name.removeprefix("user:"),
    )


def say_from(ask: Ask, form: Mapping[str, Sequence[str]]) -> str:
    """Says it; the incident's page. Raises UsageError, NotFoundError, DeniedError."""
    first = {name: values[0][:LONGEST] for name, values in form.items()}
    try:
        until = end_of_day(first["until"]) if first.get("until") else 0
    except ValueError:
        raise UsageError("The day on which the exceptions end is none.", "Go back and choose one.") from None
    given = FalseAlarm(
        reason=first.get("reason", ""),
        chosen=tuple(form.get("chosen", ())[:MOST_CHOSEN]),
        owner=first.get("owner", ""),
        until=until,
        others=bool(first.get("others")),
    )
    false_alarm.say_false(ask.app, ask.person, ask.parts["id"], given)
    return f"/incidents/{quote(ask.parts['id'], safe='')}"
