"""The list of incidents."""

from __future__ import annotations

from periderm.app.incidents import list_incidents
from periderm.console.filtering import LEVELS, query_for
from periderm.console.render import Ask, render
from periderm.model.incident import IncidentState


def page(ask: Ask) -> str:
    """GET /incidents"""
    query = query_for(ask.query, ("text", "state", "severity", "order", "asset_id"))
    found = list_incidents(ask.app, ask.person, query)
    filtered = any(ask.query.get(n) for n in ("text", "state", "severity", "asset_id"))
    return render("incidents.html", ask, page=found, filtered=filtered, states=[s.value for s in IncidentState], levels=LEVELS)
