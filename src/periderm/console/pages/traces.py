"""What the processes of an incident did besides: flows, files and raw events. The incident's page loads it by itself."""

from __future__ import annotations

from periderm.app.event_words import acted_on, marks, outcome
from periderm.app.incidents import read_incident
from periderm.app.traces import traces
from periderm.console.render import Ask, render
from periderm.model.event_facts import WORDS


def page(ask: Ask) -> str:
    """GET /incidents/{id}/traces"""
    incident = read_incident(ask.app, ask.person, ask.parts["id"])
    return render(
        "traces.html",
        ask,
        incident=incident,
        traces=traces(ask.app, ask.person, incident.id),
        pids={p.key: p.pid for p in incident.processes},
        words=WORDS,
        acted_on=acted_on,
        outcome=outcome,
        marks=marks,
    )
