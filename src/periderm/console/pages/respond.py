"""The one deliberate step before a response: a dry run that says what it will hit, and the button that orders it."""

from __future__ import annotations

from periderm.app.incidents import read_incident
from periderm.app.respond import order
from periderm.console.render import Ask, render
from periderm.model.effect import EffectState
from periderm.model.errors import UsageError


def process_key(text: str) -> int:
    """The key of a process as an address or a form says it. Raises UsageError."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise UsageError("The process is not a number.", "Go back to the incident and choose again.")
    return int(text)


def page(ask: Ask) -> str:
    """GET /incidents/{id}/respond"""
    incident = read_incident(ask.app, ask.person, ask.parts["id"])
    kind, key = ask.query.get("kind", ""), process_key(ask.query.get("process", ""))
    record = order(ask.app, ask.person, incident.id, kind, process_key=key, dry_run=True)
    return render(
        "respond.html", ask, incident=incident, kind=kind, key=key, record=record, possible=record.state is EffectState.DRY_RUN
    )
